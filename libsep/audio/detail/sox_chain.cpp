#include "libsep/audio/detail/sox_chain.h"

#include <fmt/ranges.h>
#include <locale.h>
#include <sox.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "libsep/audio/detail/kept_exception.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

constexpr double kFullScale = 2147483648.0;

// libsox from several threads (14.4.2): an effects chain and its effects belong to the
// thread that made them; shared are
//  - sox_find_effect(), which writes the handler of `pitch` anew at every call: handlers
//    are looked up once, here, and copied;
//  - the tables of its FFT, which the rate effect makes larger in start() and reads in
//    flow() and drain(). libsox locks them only where it was built with OpenMP, so start()
//    is given them alone.
struct SoX {
  sox_effect_handler_t pitch;
  sox_effect_handler_t tempo;
  sox_effect_handler_t rate;
  std::shared_mutex fft_tables;

  SoX();
};

sox_effect_handler_t find_handler(const char* name) {
  const auto* handler = sox_find_effect(name);
  if (handler == nullptr) {
    throw Failure(fmt::format("libsox has no effect {}", name));
  }
  return *handler;
}

SoX::SoX() {
  if (sox_init() != SOX_SUCCESS) {
    throw Failure("libsox could not start");
  }
  sox_get_globals()->verbosity = 0;
  pitch = find_handler("pitch");
  tempo = find_handler("tempo");
  rate = find_handler("rate");
}

SoX& sox() {
  static SoX instance;
  return instance;
}

int guarded_start(sox_effect_t* effect) {
  const std::unique_lock lock(sox().fft_tables);
  return sox().rate.start(effect);
}

int guarded_flow(sox_effect_t* effect,
                 const sox_sample_t* input,
                 sox_sample_t* output,
                 size_t* num_input,
                 size_t* num_output) {
  const std::shared_lock lock(sox().fft_tables);
  return sox().rate.flow(effect, input, output, num_input, num_output);
}

int guarded_drain(sox_effect_t* effect, sox_sample_t* output, size_t* num_output) {
  const std::shared_lock lock(sox().fft_tables);
  return sox().rate.drain(effect, output, num_output);
}

sox_effect_handler_t handler_of(const std::string& name) {
  if (name == "rate") {
    auto handler = sox().rate;
    handler.start = guarded_start;
    handler.flow = guarded_flow;
    handler.drain = guarded_drain;
    return handler;
  }
  return name == "pitch" ? sox().pitch : sox().tempo;
}

using Samples = std::vector<sox_sample_t>;

struct Reader {
  const Samples* samples;
  size_t position;
};

struct Writer {
  Samples* samples;
  KeptException* kept;
};

int read_samples(sox_effect_t* effect, sox_sample_t* output, size_t* num_output) {
  auto* reader = static_cast<Reader*>(effect->priv);
  const size_t left = reader->samples->size() - reader->position;
  *num_output = std::min(*num_output, left);
  std::copy_n(reader->samples->data() + reader->position, *num_output, output);
  reader->position += *num_output;
  return *num_output == left ? SOX_EOF : SOX_SUCCESS;
}

// What it throws passes around libsox.
int write_samples(sox_effect_t* effect,
                  const sox_sample_t* input,
                  sox_sample_t* /*output*/,
                  size_t* num_input,
                  size_t* num_output) {
  *num_output = 0;
  const auto& writer = *static_cast<Writer*>(effect->priv);
  return writer.kept->run(
      [&] {
        writer.samples->insert(writer.samples->end(), input, input + *num_input);
        return int{SOX_SUCCESS};
      },
      int{SOX_EOF});
}

sox_effect_handler_t reader_handler() {
  sox_effect_handler_t handler{};
  handler.name = "reader";
  handler.flags = SOX_EFF_MCHAN;
  handler.drain = read_samples;
  handler.priv_size = sizeof(Reader);
  return handler;
}

sox_effect_handler_t writer_handler() {
  sox_effect_handler_t handler{};
  handler.name = "writer";
  handler.flags = SOX_EFF_MCHAN;
  handler.flow = write_samples;
  handler.priv_size = sizeof(Writer);
  return handler;
}

// libsox reads the numbers of its options as the thread's locale writes them: with decimal
// commas, in a program that has set one. The C locale, for this thread, while one lives.
class CLocale {
 public:
  CLocale() : locale_(::newlocale(LC_ALL_MASK, "C", nullptr)) {
    if (locale_ == nullptr) throw Failure("the C locale is not there, out of memory?");
    before_ = ::uselocale(locale_);
  }
  ~CLocale() {
    ::uselocale(before_);
    ::freelocale(locale_);
  }
  CLocale(const CLocale&) = delete;
  CLocale& operator=(const CLocale&) = delete;

 private:
  locale_t locale_;
  locale_t before_ = nullptr;
};

struct FreeEffect {
  void operator()(sox_effect_t* effect) const { std::free(effect); }
};
using Effect = std::unique_ptr<sox_effect_t, FreeEffect>;

struct DeleteChain {
  void operator()(sox_effects_chain_t* chain) const { sox_delete_effects_chain(chain); }
};

// A chain for mono audio of one rate; effects are added from left to right.
class Chain {
 public:
  explicit Chain(double rate)
      : chain_(sox_create_effects_chain(&encoding_, &encoding_)),
        current_{rate, 1, SOX_SAMPLE_PRECISION, SOX_UNKNOWN_LEN, nullptr},
        wanted_(current_) {
    encoding_.encoding = SOX_ENCODING_SIGN2;
    encoding_.bits_per_sample = SOX_SAMPLE_PRECISION;
  }

  template <class State>
  void add_end(const sox_effect_handler_t& handler, const State& state) {
    Effect effect(sox_create_effect(&handler));
    *static_cast<State*>(effect->priv) = state;
    add(effect.get());
  }

  void add_effect(const SoxEffect& wanted) {
    const auto handler = handler_of(wanted.name);
    auto arguments = wanted.arguments;
    std::vector<char*> texts;
    texts.reserve(arguments.size());
    for (auto& argument : arguments) {
      texts.push_back(argument.data());
    }
    Effect effect(sox_create_effect(&handler));
    if (sox_effect_options(effect.get(), static_cast<int>(texts.size()), texts.data()) !=
        SOX_SUCCESS) {
      std::free(effect->priv);
      throw Error(
          fmt::format("SoX refuses {} {}", handler.name, fmt::join(arguments, " ")));
    }
    add(effect.get());
  }

  bool run() { return sox_flow_effects(chain_.get(), nullptr, nullptr) == SOX_SUCCESS; }

 private:
  void add(sox_effect_t* effect) {
    if (sox_add_effect(chain_.get(), effect, &current_, &wanted_) != SOX_SUCCESS) {
      throw Failure(fmt::format("SoX could not start {}", effect->handler.name));
    }
  }

  sox_encodinginfo_t encoding_{};
  std::unique_ptr<sox_effects_chain_t, DeleteChain> chain_;
  sox_signalinfo_t current_;
  sox_signalinfo_t wanted_;
};

Samples to_integers(const Signal& signal) {
  Samples result;
  result.reserve(signal.samples.size());
  for (const float value : signal.samples) {
    const double level = std::nearbyint(static_cast<double>(value) * kFullScale);
    result.push_back(
        static_cast<sox_sample_t>(std::clamp(level, -kFullScale, kFullScale - 1.0)));
  }
  return result;
}

Signal to_signal(const Samples& samples, int64_t sample_rate) {
  Signal signal = make_silence(1, static_cast<int64_t>(samples.size()), sample_rate);
  std::transform(
      samples.begin(), samples.end(), signal.samples.begin(), [](sox_sample_t level) {
        return static_cast<float>(level / kFullScale);
      });
  return signal;
}

}  // namespace

Signal run_sox(const Signal& signal, const std::vector<SoxEffect>& effects) {
  const CLocale locale;
  const auto input = to_integers(signal);
  Samples output;
  Chain chain(static_cast<double>(signal.sample_rate));
  chain.add_end(reader_handler(), Reader{&input, 0});
  for (const auto& effect : effects) {
    chain.add_effect(effect);
  }
  KeptException kept;
  chain.add_end(writer_handler(), Writer{&output, &kept});
  const bool done = chain.run();
  kept.rethrow();
  if (!done) {
    throw Failure("SoX stopped before the end, out of memory?");
  }
  return to_signal(output, signal.sample_rate);
}

// libsox writes its answer into a buffer of its own at each call: asked once.
std::string sox_version_text() {
  static const std::string version = sox_version();
  return version;
}

}  // namespace sep
