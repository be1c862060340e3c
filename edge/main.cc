#include <cstdio>

int main() {
  std::puts("skerry " SKERRY_VERSION);
  return 0;
}
