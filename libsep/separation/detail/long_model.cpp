#include "libsep/separation/detail/long_model.h"

#include "libsep/separation/detail/block_model.h"
#include "libsep/separation/detail/carried_model.h"
#include "libsep/separation/detail/recorded_model.h"

namespace sep {

std::unique_ptr<LongModel> make_long_model(const LoadedModel& model,
                                           const torch::Device& device,
                                           const SignalSpool& mixture,
                                           const detail::InputScaling& scaling,
                                           const BlockPlan& plan,
                                           const std::filesystem::path& folder) {
  if (RecordedModel::suits(model)) {
    return std::make_unique<RecordedModel>(model, device, mixture, scaling, plan, folder);
  }
  if (model.model->carrying() != nullptr) {
    return std::make_unique<CarriedModel>(model, device, mixture, scaling, plan);
  }
  return std::make_unique<BlockModel>(model, device, mixture, scaling, plan);
}

}  // namespace sep
