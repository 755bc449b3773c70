#include "libsep/checkpoint/model_card.h"

#include <cmath>
#include <limits>

#include "libsep/checkpoint/stored_model.h"
#include "libsep/core/atomic_file.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace sep;

namespace {

ModelCard full_card() {
  ModelCard card;
  card.licence = "MIT";
  card.training = "200 chorales: \"synthetic\", ±3 semitones";
  card.scored_on = "Bach10, never seen";
  card.scores = {{"violin", 5.25, -4.6}, {"bassoon", -0.1, -5.0}};
  return card;
}

/// A network of another kind, whose tensors are not known here.
StoredModel model_with(const ModelCard& card) {
  StoredModel model;
  model.description.type = "joint_blstm";
  model.description.instrument = "joint";
  model.description.stems = {"violin", "bassoon"};
  model.description.card = card;
  model.tensors["weight"] = make_tensor_data({2, 2}, std::vector<float>{0.1F, -7, 0, 3e4F});
  model.tensors["bias"] = make_tensor_data({2}, std::vector<float>{0.1F, 1e6F});
  model.tensors["count"] = make_tensor_data({}, std::vector<int64_t>{12345});
  return model;
}

const std::string kSummary =
    "scores_version,instrument,estimate,score,mean_db\n"
    "2,violin,model,SI-SDR,5.25\n"
    "2,violin,model,SNR,6.5\n"
    "2,violin,mixture,SI-SDR,-4.6\n"
    "2,bassoon,model,SI-SDR,-0.1\n"
    "2,bassoon,mixture,SI-SDR,-5\n";

}  // namespace

TEST_CASE("a card comes back as it was written", "[checkpoint][card]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.safetensors";
  const auto card = full_card();
  write_model(path, model_with(card));
  for (const auto& found : {read_model(path).description, read_model_description(path)}) {
    CHECK(write_config(found.card) == write_config(card));
    CHECK(found.card.scores.at(0).si_sdr_db == 5.25);
    CHECK(found.card.mean_si_sdr_db() == Approx(2.575));
    CHECK(found.card.mean_mixture_db() == Approx(-4.8));
    CHECK(found.stems == std::vector<StemName>{"violin", "bassoon"});
  }
}

TEST_CASE("a file without a card has the bytes it always had", "[checkpoint][card]") {
  const TemporaryFolder folder;
  write_model(folder / "a.safetensors", model_with({}));
  const auto file = read_safetensors(folder / "a.safetensors");
  CHECK(file.metadata.size() == 2);  // libsep, checksum
  CHECK(file.metadata.at("libsep").find("licence") == std::string::npos);
  CHECK(read_model(folder / "a.safetensors").description.card.empty());
}

TEST_CASE("a card is no part of where a model comes from", "[checkpoint][card]") {
  const auto with = model_with(full_card()).description;
  CHECK_NOTHROW(check_origin("a", model_with({}).description, with));
}

TEST_CASE("half precision keeps weights to 2^-11 and the rest exactly",
          "[checkpoint][card]") {
  const TemporaryFolder folder;
  const auto model = model_with(full_card());
  write_model(folder / "half.safetensors", model, ModelStorage::kHalf);
  const auto stored = read_safetensors(folder / "half.safetensors");
  CHECK(stored.at("weight").dtype == Dtype::kF16);
  CHECK(stored.at("bias").dtype == Dtype::kF32);
  CHECK(stored.at("count").dtype == Dtype::kI64);

  const auto found = read_model(folder / "half.safetensors");
  CHECK(found.tensors.at("bias").bytes == model.tensors.at("bias").bytes);
  CHECK(found.tensors.at("count").bytes == model.tensors.at("count").bytes);
  const auto wanted = to_values<float>(model.tensors.at("weight"));
  const auto weight = to_values<float>(found.tensors.at("weight"));
  for (size_t i = 0; i < wanted.size(); ++i) {
    CHECK(std::abs(weight[i] - wanted[i]) <= std::ldexp(std::abs(wanted[i]), -11));
  }
  // Written once more, nothing changes any more.
  write_model(folder / "again.safetensors", found, ModelStorage::kHalf);
  CHECK(read_text(folder / "again.safetensors") == read_text(folder / "half.safetensors"));
}

TEST_CASE("what half precision cannot hold is refused by name",
          "[checkpoint][card][failure]") {
  const TemporaryFolder folder;
  auto model = model_with({});
  model.tensors["weight"] = make_tensor_data({1, 1}, std::vector<float>{70000.0F});
  const auto path = folder / "half.safetensors";
  CHECK_THROWS_WITH(write_model(path, model, ModelStorage::kHalf),
                    path.string() +
                        ": tensor weight: 70000 is beyond half precision, "
                        "which ends at 65504");
  CHECK_FALSE(std::filesystem::exists(path));
  // Nor does an infinity of somebody else's file become a weight.
  TensorData infinite{Dtype::kF16, {1, 1}, std::string("\x00\x7c", 2)};
  model.tensors["weight"] = infinite;
  write_model(path, model);
  CHECK_THROWS_WITH(read_model(path), path.string() + ": tensor weight is not finite");
}

TEST_CASE("a card that is no card is refused", "[checkpoint][card][failure]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.safetensors";
  auto card = full_card();
  card.training = "two\nlines";
  CHECK_THROWS_AS(write_model(path, model_with(card)), ConfigError);
  card = full_card();
  card.licence = std::string(2001, 'x');
  CHECK_THROWS_AS(write_model(path, model_with(card)), ConfigError);
  card = full_card();
  card.scores[1].stem = "violin";
  CHECK_THROWS_AS(write_model(path, model_with(card)), ConfigError);
  card = full_card();
  card.scores[1].mixture_db = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(card.scores[1].validate(), ConfigError);

  write_model(path, model_with(full_card()));
  auto file = read_checked_safetensors(path);
  file.metadata["card"] = "licnce: MIT\n";
  write_checked_safetensors(path, file);
  CHECK_THROWS_WITH(
      read_model(path),
      path.string() + ": card:1: licnce is no setting; did you mean licence?");
}

TEST_CASE("scores come from a table of sep-eval", "[checkpoint][card]") {
  const TemporaryFolder folder;
  const auto path = folder / "summary.csv";
  write_file_atomically(path, kSummary);
  const auto scores = read_model_scores(path, {"violin", "bassoon"});
  REQUIRE(scores.size() == 2);
  CHECK(scores[0].stem == "violin");
  CHECK(scores[0].si_sdr_db == 5.25);
  CHECK(scores[1].si_sdr_db == -0.1);
  CHECK(scores[1].mixture_db == -5.0);
}

TEST_CASE("a table that does not say is refused", "[checkpoint][card][failure]") {
  const TemporaryFolder folder;
  const auto path = folder / "summary.csv";
  const auto refuse = [&](const std::string& text, const std::string& problem) {
    write_file_atomically(path, text);
    try {
      read_model_scores(path, {"violin", "bassoon"});
      FAIL(text);
    } catch (const Error& error) {
      const std::string message = error.what();
      INFO(message);
      CHECK(message.find(path.string() + ": ") == 0);
      CHECK(message.find(problem) != std::string::npos);
    }
  };
  auto lacking = kSummary;
  lacking.resize(lacking.find("2,bassoon,mixture"));
  refuse(lacking, "no SI-SDR for mixture of bassoon");
  refuse(kSummary + "2,violin,model,SI-SDR,5.3\n", "two rows for model of violin");
  refuse("instrument,estimate,score\n", "mean_db");
  auto infinite = kSummary;
  infinite.replace(infinite.find("-0.1"), 4, "-inf");
  refuse(infinite, "found '-inf'");
}
