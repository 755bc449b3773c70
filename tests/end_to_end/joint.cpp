// Joint models and groups, from random segments to tables and stems.
#include <fstream>
#include <set>

#include "libsep/audio/file.h"
#include "libsep/core/csv.h"
#include "libsep/core/signal.h"
#include "tests/support/pieces.h"
#include "tests/support/workplace.h"

namespace {

namespace fs = std::filesystem;

const char* const kJoint = R"(title: Together
stft: {window_length: 512, hop_length: 128, window: hann}
examples: {kind: segments, seconds: 0.5, equalizer_db: 3}
targets: joint
model: {type: joint_blstm, num_bins: 60, num_features: 8, hidden_size: 6}
train:
  batch_size: 3
  iterations_per_epoch: 4
  num_epochs: 2
  loss: [{type: snr}, {type: waveform_l1, weight: 0.1}]
  optimizer: {type: adamw, learning_rate: 0.01}
  schedule: {type: cosine, warmup_iterations: 2}
  clip_norm: 5
  average: 0.9
  choose_by: si_sdr
)";

struct Workplace : CommandPlace {
  Workplace() {
    write_music(folder / "pieces", 4, 2.0);
    std::ofstream(folder / "joint.yaml") << kJoint;
  }
};

}  // namespace

TEST_CASE("a joint model from segments to tables and stems", "[end_to_end]") {
  const Workplace place;
  place.succeed("sep-train joint.yaml --data pieces --out run");
  for (const char* fold : {"fold-01", "fold-02", "fold-03", "fold-04"}) {
    CHECK(fs::exists(place.folder / "run" / fold / "joint" / "best.safetensors"));
  }
  const auto history = sep::read_csv(place.folder / "run/fold-01/joint/history.csv");
  CHECK(history.header.back() == "si_sdr");

  place.succeed("sep-eval run --report");
  const auto scores = sep::read_csv(place.folder / "run" / "eval" / "scores.csv");
  std::set<std::string> instruments;
  size_t num_models = 0;
  for (const auto& row : scores.rows) {
    CHECK(row[scores.column("status")] == "ok");
    if (row[scores.column("estimate")] != "model") continue;
    instruments.insert(row[scores.column("instrument")]);
    ++num_models;
  }
  CHECK(num_models == 16);
  CHECK(instruments == std::set<std::string>{"bassoon", "clarinet", "saxphone", "violin"});
  CHECK(fs::exists(place.folder / "run/eval/clean" /
                   "SepModel_joint_blstm_EpcLen=4_MaxEpc=2_FULL_EVAL_RESULTS.csv"));

  const auto piece = fs::directory_iterator(place.folder / "pieces")->path();
  const auto mixture = piece / (piece.filename().string() + ".wav");
  place.succeed("sep-separate --model run '" + mixture.string() + "' --out stems");
  for (const char* name : {"bassoon", "clarinet", "saxphone", "violin", "remainder"}) {
    CHECK(fs::exists(place.folder / "stems" / piece.filename() /
                     (std::string(name) + ".wav")));
  }
}

TEST_CASE("passes and a matched spectrum, scored and heard", "[end_to_end]") {
  const Workplace place;
  place.succeed("sep-train joint.yaml --data pieces --out run --folds 1");
  const auto mean_of = [&](const std::string& options, const std::string& title) {
    place.succeed("sep-eval run --out tables " + options);
    const auto table = sep::read_csv(place.folder / "tables" / "scores.csv");
    double sum = 0.0;
    for (const auto& row : table.rows) {
      CHECK(row[table.column("model")] == title);
      if (row[table.column("estimate")] == "model") {
        sum += std::stod(row[table.column("si_sdr_db")]);
      }
    }
    fs::remove_all(place.folder / "tables");
    return sum;
  };
  const double once = mean_of("", "Together");
  CHECK(mean_of("--passes 1", "Together") == once);
  CHECK(mean_of("--passes 3", "Together (3 passes)") != once);
  CHECK(mean_of("--match-spectrum", "Together (spectrum matched)") != once);
  mean_of("--match-spectrum --passes 2", "Together (2 passes, spectrum matched)");

  // Stems and remainder are the recording, whatever the models heard.
  const auto piece = fs::directory_iterator(place.folder / "pieces")->path();
  const auto name = piece.filename().string();
  const auto mixture = sep::read_audio(piece / (name + ".wav"));
  place.succeed("sep-separate --model run --passes 3 --match-spectrum '" +
                (piece / (name + ".wav")).string() + "' --out stems");
  auto sum =
      sep::make_silence(mixture.num_channels, mixture.num_samples(), mixture.sample_rate);
  for (const auto& entry : fs::directory_iterator(place.folder / "stems" / name)) {
    if (entry.path().extension() != ".wav") continue;
    const auto part = sep::read_audio(entry.path());
    REQUIRE(part.samples.size() == sum.samples.size());
    for (size_t i = 0; i < sum.samples.size(); ++i) sum.samples[i] += part.samples[i];
  }
  // Five floats added, each rounded at about the size of the loudest.
  CHECK(sep::peak(sep::subtract(mixture, sum)) <= 1e-6F);
}

TEST_CASE("what cannot be matched or passed is one line", "[end_to_end][failure]") {
  const Workplace place;
  place.refuse("sep-eval --references pieces --estimates pieces --out t --passes 2",
               {"--passes wants a model"});
  place.refuse("sep-eval --references pieces --estimates pieces --out t --match-spectrum",
               {"--match-spectrum wants a model"});
  std::ofstream(place.folder / "each.yaml")
      << "stft: {window_length: 256, hop_length: 128}\n"
         "mixtures: {num_train: 2, num_validation: 1, seconds: 1, max_source_seconds: 1}\n"
         "model: {hidden_size: 3, num_layers: 1}\n"
         "train: {batch_size: 2, iterations_per_epoch: 1, num_epochs: 1}\n";
  place.succeed(
      "sep-train each.yaml --data pieces --out run --folds 1 --instruments violin");
  place.refuse("sep-eval run --out t --match-spectrum",
               {"the model for violin does not know the spectrum of its training"});
  CHECK_FALSE(fs::exists(place.folder / "t"));
}

TEST_CASE("a joint training is the same bytes alone, in parts, on other threads",
          "[end_to_end]") {
  const Workplace place;
  const std::string train = "sep-train joint.yaml --data pieces --folds 1,3 ";
  place.succeed(train + "--out first --threads 1");
  place.succeed(train + "--out second --threads 3");
  for (const char* fold : {"fold-01", "fold-03"}) {
    CHECK(contents(place.folder / "second" / fold) ==
          contents(place.folder / "first" / fold));
  }
  place.succeed("sep-train joint.yaml --data pieces --folds 3 --out third --memory-gb 0");
  CHECK(contents(place.folder / "third/fold-03") ==
        contents(place.folder / "first/fold-03"));
}

TEST_CASE("groups are models of their own", "[end_to_end]") {
  const Workplace place;
  place.succeed(
      "sep-train joint.yaml --data pieces --folds 2 --out run "
      "--set 'targets=[[violin, bassoon], [clarinet, saxophone]]'");
  CHECK(fs::exists(place.folder / "run/fold-02/bassoon+violin/best.safetensors"));
  CHECK(fs::exists(place.folder / "run/fold-02/clarinet+saxphone/best.safetensors"));
  place.succeed(
      "sep-train joint.yaml --data pieces --folds 1 --out more "
      "--set 'targets=[[violin, bassoon]]' --targets bassoon+violin "
      "--set 'train.start_from=run/fold-02/bassoon+violin/best.safetensors'");
}

TEST_CASE("what cannot be trained together is one line", "[end_to_end][failure]") {
  const Workplace place;
  const std::string train = "sep-train joint.yaml --data pieces --out run ";
  const auto refuse = [&](const std::string& setting, const std::string& wanted) {
    place.refuse(train + "--set '" + setting + "'", {wanted});
  };
  refuse("model.type=join_blstm", "no network; did you mean joint_blstm?");
  refuse("model.hidden=3", "did you mean model.hidden_size?");
  refuse("model.type=mask_inference", "model.num_bins is a key of joint_blstm");
  refuse("targets=[[violin], [violin]]", "violin is named twice");
  refuse("targets=[[viola, violin]]", "no instrument 'viola'");
  refuse("train.loss={type: snrr}", "no loss; did you mean snr?");
  refuse("train.loss={type: permutation_invariant, of: [{type: snr}]}",
         "stems of one label are one stem here");
  refuse("train.segment_seconds=0.2", "a segment's length is examples.seconds");
  refuse("train.choose_by=pesq", "train.choose_by = pesq");
  refuse("train.start_from=none.safetensors", "none.safetensors");
  refuse("protocol=legacy", "protocol = legacy: wants targets each");
  refuse("train.optimizer.momentum=0.9", "momentum is a key of sgd");
  CHECK_FALSE(fs::exists(place.folder / "run" / "fold-01" / "joint" / "best.safetensors"));
}
