// The two pictures over time: the lanes with the roads between them, and how far the replicas were apart.
#pragma once

#include <string>

#include "simulations/html/page.h"

namespace skerry::simulations::html {

// With what its signs mean, and the data for the script.
std::string timeline(const Subject& subject);
std::string divergence(const Subject& subject);

}  // namespace skerry::simulations::html
