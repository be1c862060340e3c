#!/usr/bin/python3
"""What `make run` shows, for machines: the demo's story ends with all regions in agreement, or not with exit code 0.

    demo_test.py SKERRY"""

import subprocess

from cluster import binary_argument, free_ports_in_a_row


def main():
    base = free_ports_in_a_row(3)
    run = subprocess.run([binary_argument(), "demo", "--once", "--resp-base", str(base)],
                         capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr
    for word in ("us-east", "eu-west", "ap-south", "All regions agree"):
        assert word in run.stdout, run.stdout
    assert all(len(line) <= 80 for line in run.stdout.splitlines()), "wider than a terminal"
    print("\n".join(line for line in run.stdout.splitlines() if "agree" in line))


if __name__ == "__main__":
    main()
