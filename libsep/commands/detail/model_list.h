#pragma once

#include <string>
#include <vector>

namespace sep {

/// What `sep-separate --models` prints of the models that come with libsep: of each its
/// name, stems, network, licence, training, scores and path, the card's as far as it says;
/// no lines for no model. Throws Error as list_models() and for a damaged file.
std::vector<std::string> model_list();

}  // namespace sep
