#include "lib/train/distill.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "lib/ir/builder.h"
#include "lib/ir/text_format.h"
#include "lib/ops/ops.h"
#include "lib/support/rng.h"

using namespace tinyc;
using namespace tinyc::train;

namespace {

Tensor random_tensor(const Shape& shape, Rng& rng, double scale) {
  Tensor tensor(DType::f32, shape);
  for (float& value : tensor.mutable_data<float>()) value = static_cast<float>(scale * rng.normal());
  return tensor;
}

// Two layers and a softmax over three classes; `width` between them.
Graph classifier(std::int64_t width, std::uint64_t seed, std::int64_t classes = 3) {
  Rng rng(seed);
  Graph graph;
  graph.name = "classifier";
  graph.stage = Stage::canonical;
  Builder builder(graph, all_ops());
  const ValueId x = graph.add_input("x", {DType::f32, Shape{1, 8}});
  const auto dense = [&](ValueId from, const char* name, std::int64_t inputs, std::int64_t outputs, Attributes attributes) {
    const ValueId w = graph.add_constant(std::string(name) + "_w", random_tensor({outputs, inputs}, rng, 0.5));
    const ValueId b = graph.add_constant(std::string(name) + "_b", random_tensor({outputs}, rng, 0.1));
    return *builder.emit("fully_connected", name, {from, w, b}, std::move(attributes));
  };
  const ValueId hidden = dense(x, "hidden", 8, width, {{"clamp_low", 0.0}});
  const ValueId logits = dense(hidden, "logits", width, classes, {});
  graph.set_outputs({*builder.emit("softmax", "y", {logits}, {{"axis", std::int64_t{1}}})});
  return graph;
}

std::unique_ptr<Dataset> samples(std::int64_t count) {
  Rng rng(5);
  std::vector<std::vector<Tensor>> all;
  for (std::int64_t i = 0; i < count; ++i) all.push_back({random_tensor({1, 8}, rng, 1)});
  return make_dataset(std::move(all));
}

// Every second weight of both layers is zero.
Graph pruned(Graph graph) {
  for (const char* name : {"hidden_w", "logits_w"}) {
    const ValueId id = *graph.find_value(name);
    Tensor tensor = graph.value(id).constant();
    for (std::size_t i = 0; i < tensor.data<float>().size(); i += 2) tensor.mutable_data<float>()[i] = 0;
    graph.set_constant(id, tensor);
  }
  return graph;
}

DistillOutcome learnt(Graph& student, const Graph& teacher, const DistillOptions& options) {
  const auto outcome = distill(student, teacher, *samples(200), nullptr, options);
  if (!outcome.ok()) FAIL(outcome.error().to_string());
  return *outcome;
}

std::string refused(Graph student, const Graph& teacher, std::int64_t count = 40) {
  const auto outcome = distill(student, teacher, *samples(count), nullptr, {.epochs = 1});
  REQUIRE(!outcome.ok());
  return outcome.error().diagnostics().front().id;
}

}  // namespace

TEST_CASE("a pruned student learns what its teacher answers, and its zeros stay") {
  const Graph teacher = classifier(16, 1);
  for (const int bits : {0, 4, 8}) {
    CAPTURE(bits);
    Graph student = pruned(teacher);
    const DistillOutcome outcome = learnt(student, teacher, {.epochs = 20, .weight_bits = bits, .vary = false});
    CHECK(outcome.trained_samples + outcome.held_out_samples == 200);
    CHECK(outcome.held_out_samples == 30);
    CHECK(outcome.best_epoch > 0);
    CHECK(outcome.after.better_than(outcome.before));
    CHECK(outcome.after.loss < 0.8 * outcome.before.loss);
    const auto weights = student.value(*student.find_value("hidden_w")).constant();
    for (std::size_t i = 0; i < weights.data<float>().size(); ++i) {
      const bool is_zero = weights.data<float>()[i] == 0;
      if (i % 2 == 0) CHECK(is_zero);
      else if (bits != 4) CHECK(!is_zero);  // four bits round small weights to zero
    }
    // An input's range is learnt where integers are; that of a softmax is its operator's.
    CHECK(student.value(student.inputs()[0]).range().has_value() == (bits != 0));
    CHECK(!student.value(student.outputs()[0]).range());
  }
}

TEST_CASE("the same seed and samples: the same student, whatever the number of threads") {
  const Graph teacher = classifier(16, 1);
  std::vector<std::string> texts;
  for (const int threads : {1, 2, 5}) {
    Graph student = pruned(teacher);
    learnt(student, teacher, {.epochs = 3, .threads = threads});
    texts.push_back(print(student));
  }
  CHECK(texts[0] == texts[1]);
  CHECK(texts[0] == texts[2]);
  Graph other = pruned(teacher);
  learnt(other, teacher, {.epochs = 3, .seed = 2});
  CHECK(print(other) != texts[0]);
}

TEST_CASE("a teacher of another width teaches; more samples are learnt from, but not held out") {
  const Graph teacher = classifier(64, 9);
  Graph student = classifier(12, 10);
  const auto data = samples(80), more = samples(60);
  const auto outcome = distill(student, teacher, *data, more.get(), {.epochs = 10, .weight_bits = 0});
  REQUIRE(outcome.ok());
  CHECK(outcome->held_out_samples == 12);
  CHECK(outcome->trained_samples == 128);
  CHECK(outcome->after.agreement.hits > outcome->before.agreement.hits);
}

TEST_CASE("what does not get better is not kept; stopping keeps the best so far") {
  const Graph teacher = classifier(16, 1);
  Graph same = teacher;
  const DistillOutcome perfect = learnt(same, teacher, {.epochs = 1, .weight_bits = 0});
  CHECK(perfect.before.agreement.hits == perfect.before.agreement.total);
  CHECK(perfect.best_epoch == 0);
  CHECK(print(same) == print(teacher));

  Graph student = pruned(teacher);
  int asked = 0;
  const DistillOutcome stopped = learnt(student, teacher, {.epochs = 50, .stop = [&] { return ++asked == 12; }});
  CHECK(stopped.stopped);
  CHECK(stopped.epochs == 2);
  CHECK(asked == 12);
}

TEST_CASE("what cannot teach is refused") {
  const Graph teacher = classifier(16, 1);
  CHECK(refused(classifier(16, 1, 4), teacher) == "TC6070");
  CHECK(refused(teacher, teacher, 19) == "TC6071");
  Graph broken = teacher;
  broken.set_constant(*broken.find_value("logits_b"), Tensor::of<float>({3}, std::vector<float>(3, std::nanf(""))));
  CHECK(refused(teacher, broken) == "TC6072");
}
