#include "libsep/metrics/detail/projections.h"

#include <algorithm>

namespace sep::bss {
namespace {

LagCorrelations correlate(const Input& input, int64_t num_lags) {
  const auto count = static_cast<int64_t>(input.references.size()) * input.num_channels;
  LagCorrelator correlator(count, count, num_lags);
  constexpr int64_t kStep = 1 << 16;  // samples given at a time
  for (int64_t begin = 0; begin < input.num_samples; begin += kStep) {
    std::vector<const float*> channels;
    for (const auto* sources : {&input.references, &input.estimates}) {
      for (const auto& source : *sources) {
        for (const float* channel : source) channels.push_back(channel + begin);
      }
    }
    correlator.add(channels, std::min(kStep, input.num_samples - begin));
  }
  return correlator.finish();
}

double energy_of(const float* x, int64_t count) {
  double sum = 0.0;
  for (int64_t n = 0; n < count; ++n) {
    sum += static_cast<double>(x[n]) * static_cast<double>(x[n]);
  }
  return sum;
}

double difference_of(const float* x, const float* y, int64_t count) {
  double sum = 0.0;
  for (int64_t n = 0; n < count; ++n) {
    const double difference = static_cast<double>(x[n]) - static_cast<double>(y[n]);
    sum += difference * difference;
  }
  return sum;
}

std::vector<int64_t> channels_of(const std::vector<size_t>& sources, int64_t num_channels) {
  std::vector<int64_t> channels;
  for (const size_t source : sources) {
    for (int64_t c = 0; c < num_channels; ++c) {
      channels.push_back(static_cast<int64_t>(source) * num_channels + c);
    }
  }
  return channels;
}

}  // namespace

Projections::Projections(const Input& input, int64_t filter_length)
    : input_(input),
      filter_length_(filter_length),
      correlations_(correlate(input, filter_length)),
      own_(input.references.size()) {
  for (size_t j = 0; j < input.references.size(); ++j) {
    if (input.silent_reference[j]) continue;
    sources_.push_back(j);
    own_[j] =
        std::make_unique<DelaySpace>(correlations_, channels_of({j}, input.num_channels));
  }
  if (sources_.size() > 1) {  // of one alone, P is P_j
    all_ = std::make_unique<DelaySpace>(correlations_,
                                        channels_of(sources_, input.num_channels));
  }
}

Eigen::VectorXd Projections::own_filters(size_t reference,
                                         size_t estimate,
                                         int64_t channel) const {
  const DelaySpace& own = *own_[reference];
  return own.filters(own.products(channel_index(estimate, channel)));
}

Eigen::VectorXd Projections::all_filters(size_t estimate, int64_t channel) const {
  if (!all_) return own_filters(sources_.front(), estimate, channel);
  return all_->filters(all_->products(channel_index(estimate, channel)));
}

int64_t Projections::channel_index(size_t source, int64_t channel) const {
  return static_cast<int64_t>(source) * input_.num_channels + channel;
}

int64_t Projections::first_among_all(size_t reference) const {
  const auto place = std::find(sources_.begin(), sources_.end(), reference);
  return (place - sources_.begin()) * input_.num_channels;
}

// The reference lies in both spaces, so that what is projected is the error u = e - s:
//
//     P e = s + P u,   e - P e = u - P u,   P_j e - s = P_j u
//
// and an estimate 90 dB above its error loses none of its digits to a difference.
void Projections::add_projected(Energies& energies,
                                size_t reference,
                                size_t estimate,
                                int64_t c) const {
  const int64_t channel = channel_index(estimate, c);
  const double error = difference_of(input_.estimates[estimate][static_cast<size_t>(c)],
                                     input_.references[reference][static_cast<size_t>(c)],
                                     input_.num_samples);
  energies.error += error;
  const DelaySpace& own = *own_[reference];
  const Eigen::VectorXd products = own.products(channel) - own.products_with_own(c);
  Eigen::VectorXd filters = own.filters(products);
  const double spatial = own.energy(filters);
  const double distortion = error - 2.0 * products.dot(filters) + spatial;
  energies.spatial += spatial;
  energies.distortion += distortion;
  filters(c * filter_length_) += 1.0;
  const double target = own.energy(filters);
  energies.target += target;
  if (!all_) {
    energies.all += target;
    energies.artefacts += distortion;
    return;
  }
  filters(c * filter_length_) -= 1.0;
  const int64_t first = first_among_all(reference);
  const Eigen::VectorXd all_products =
      all_->products(channel) - all_->products_with_own(first + c);
  Eigen::VectorXd together = all_->filters(all_products);
  energies.artefacts += error - 2.0 * all_products.dot(together) + all_->energy(together);
  Eigen::VectorXd others = together;
  others.segment(first * filter_length_, filters.size()) -= filters;
  energies.interference += all_->energy(others);
  together((first + c) * filter_length_) += 1.0;
  energies.all += all_->energy(together);
}

Energies Projections::energies(size_t reference, size_t estimate) const {
  Energies energies;
  for (int64_t c = 0; c < input_.num_channels; ++c) {
    const float* s = input_.references[reference][static_cast<size_t>(c)];
    energies.reference += energy_of(s, input_.num_samples);
    add_projected(energies, reference, estimate, c);
  }
  return energies;
}

}  // namespace sep::bss
