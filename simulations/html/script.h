// What a page does when the reader points at something.
#pragma once

namespace skerry::simulations::html {

// The content of the script element: looking closer at a time, and following a write.  Without it the page says the
// same.  It reads what sightings_data() has written (simulations/html/sightings.h).
const char* script();

}  // namespace skerry::simulations::html
