// The hum of the mains, as a badly grounded microphone has it: a sine and its octave.
#include <libsep/core/bounds.h>
#include <libsep/mixing/augmentation.h>

#include <cmath>

#include "my_kinds.h"

namespace {

struct MyHumOptions {
  sep::Range level_db{-60.0, -40.0};
  double hertz = 50.0;

  void validate() const {
    sep::check_bounds("level_db", level_db, -200.0, 0.0);
    sep::check_bounds("hertz", hertz, 1.0, 1000.0);
  }

  template <class Archive>
  void visit(Archive& archive) {
    archive("level_db", level_db, "of full scale, uniform, -200 … 0");
    archive("hertz", hertz, "of the mains, 1 … 1000");
  }
};

class MyHum : public sep::Augmentation {
 public:
  explicit MyHum(const MyHumOptions& options) : options_(options) {}

  sep::Signal apply(sep::Signal stem, sep::RandomStream& random) const override {
    const double level_db = random.uniform(options_.level_db.low, options_.level_db.high);
    const double level = std::pow(10.0, level_db / 20.0);
    const double start = random.uniform(0.0, 2.0 * M_PI);
    const double step = 2.0 * M_PI * options_.hertz / double(stem.sample_rate);
    for (int64_t c = 0; c < stem.num_channels; ++c) {
      for (int64_t n = 0; n < stem.num_samples(); ++n) {
        const double phase = start + step * double(n);
        const double hum = std::sin(phase) + 0.5 * std::sin(2.0 * phase);
        stem.channel(c)[n] += float(level * hum);
      }
    }
    return stem;
  }

 private:
  MyHumOptions options_;
};

}  // namespace

void add_my_augmentation() {
  sep::augmentations().add<MyHumOptions>(
      "my_hum", "hum of the mains", [](const MyHumOptions& options, int64_t) {
        return std::make_shared<MyHum>(options);
      });
}
