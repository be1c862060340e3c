// How a page looks.
#pragma once

namespace skerry::simulations::html {

// The content of the style element: light, dark, paper, wide and narrow; nothing is said by colour alone.
const char* style();

}  // namespace skerry::simulations::html
