// Models and data that tinyc must refuse with one clear message, the documented exit code, and nothing written.

#include "tests/apps/cli.h"

using namespace tinyc;
using namespace tinyc::test;
using Catch::Contains;

namespace {

// The bytes of the shipped model with the n-th occurrence (from 0; -1: all) of a text replaced by one as long.
std::string patched(const std::string& from, const std::string& to, int which = -1) {
  REQUIRE(from.size() == to.size());
  std::string bytes = *read_file(source_path("testdata/digits/digits.onnx"));
  int seen = 0;
  bool done = false;
  for (auto at = bytes.find(from); at != bytes.npos; at = bytes.find(from, at + from.size()), ++seen) {
    if (which >= 0 && which != seen) continue;
    bytes.replace(at, to.size(), to);
    done = true;
  }
  REQUIRE(done);
  return bytes;
}

}  // namespace

TEST_CASE("a bad model is refused by every command, and nothing is written", "[cli][bad_input]") {
  struct Case {
    std::string name, bytes;
    int exit_code;
    std::vector<std::string> messages;
  };
  const std::string good = *read_file(source_path("testdata/digits/digits.onnx"));
  // A dimension of size 8 as a protobuf message, and one without a size.
  const std::string size_8("\x0a\x02\x08\x08", 4), no_size("\x0a\x02\x12\x00", 4);
  std::string unsupported = patched("Softmax", "Softmux");
  const std::vector<Case> cases{
      {"empty", "", 4, {}},
      {"garbage", "This is no model at all.\n", 4, {}},
      {"truncated", good.substr(0, good.size() / 2), 4, {}},
      {"missing_initializer", patched("conv1.weight", "conv1.weighs", 1), 4, {"conv1.weight"}},
      {"unsupported", unsupported, 3, {"Softmux", "softmax"}},
      {"dynamic_shape", patched(size_8 + size_8, no_size + no_size), 3, {"image", "--dim"}},
  };
  const auto folder = scratch();
  for (const Case& bad : cases) {
    const auto path = folder.path() / (bad.name + ".onnx");
    REQUIRE(write_file(path.string(), bad.bytes).ok());
    for (const std::string command : {"inspect", "compress", "estimate"}) {
      const auto result = cli(folder.path(), {command, path.string()});
      INFO(command << " " << bad.name << ": " << result.errors);
      CHECK(result.exit_code == bad.exit_code);
      CHECK(result.output.empty());
      for (const std::string& message : bad.messages) CHECK_THAT(result.errors, Contains(message));
    }
    std::filesystem::remove(path);
    CHECK(std::filesystem::is_empty(folder.path()));
  }
}

TEST_CASE("all unsupported operators are listed at once, by the names of their nodes", "[cli][bad_input]") {
  const auto folder = scratch();
  std::string bytes = patched("Softmax", "Softmux");
  const auto at = bytes.find("Flatten");
  REQUIRE(at != bytes.npos);
  bytes.replace(at, 7, "Flattun");
  REQUIRE(write_file((folder.path() / "m.onnx").string(), bytes).ok());
  const auto result = cli(folder.path(), {"compress", "m.onnx"});
  CHECK(result.exit_code == 3);
  CHECK_THAT(result.errors, Contains("softmax") && Contains("Softmux") && Contains("flatten") && Contains("Flattun"));
}

TEST_CASE("a model that is not there, or a folder without one, is an I/O error", "[cli][bad_input]") {
  const auto folder = scratch();
  CHECK(cli(folder.path(), {"inspect", "nowhere.onnx"}).exit_code == 6);
  const auto empty = cli(folder.path(), {"inspect", folder.path().string()});
  CHECK(empty.exit_code == 6);
  CHECK_THAT(empty.errors, Contains("tinyc compress"));
}

TEST_CASE("a damaged .tinyc file is refused by every command", "[cli][bad_input]") {
  const auto folder = scratch();
  const std::string calib = source_path("testdata/digits/calib_x.npy");
  REQUIRE(cli(folder.path(), {"compress", source_path("testdata/digits/digits.onnx"), "--calib", calib}).exit_code == 0);
  const std::string path = (folder.path() / "digits/digits.tinyc").string();
  const std::string good = *read_file(path);
  const auto middle = good.find("base64 \"");
  REQUIRE(middle != good.npos);
  for (const std::string& damaged : {std::string(), std::string("garbage\n"), good.substr(0, good.size() / 2),
                                     good.substr(0, middle + 20) + good.substr(middle + 60)}) {
    REQUIRE(write_file(path, damaged).ok());
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"inspect", "digits"}, {"verify", "digits"}, {"estimate", "digits"},
          {"run", "digits", "--input", calib, "--output", "y.npy"}}) {
      const auto result = cli(folder.path(), arguments);
      INFO(arguments.front() << ": " << result.errors);
      CHECK(result.exit_code == 4);
      CHECK_THAT(result.errors, Contains("digits.tinyc"));
    }
  }
  CHECK_FALSE(std::filesystem::exists(folder.path() / "y.npy"));
}

TEST_CASE("data that does not fit is refused with both shapes", "[cli][bad_input]") {
  const std::string model = source_path("testdata/digits/digits.onnx");
  const auto folder = scratch();
  const std::string labels = source_path("testdata/digits/eval_y.npy");
  const auto shape = cli(folder.path(), {"compress", model, "--calib", labels});
  CHECK(shape.exit_code == 6);
  CHECK_THAT(shape.errors, Contains("[500]") && Contains("[1,1,8,8]"));
  REQUIRE(write_file((folder.path() / "x.npy").string(), "\x93NUMPY\x01").ok());
  CHECK(cli(folder.path(), {"compress", model, "--calib", "x.npy"}).exit_code == 6);
  CHECK(cli(folder.path(), {"run", model, "--input", "x.npy", "--output", "y.npy"}).exit_code == 6);
  std::filesystem::remove(folder.path() / "x.npy");
  const auto calib = source_path("testdata/digits/calib_x.npy");
  const auto count = cli(folder.path(), {"eval", model, "--data", calib, "--labels", labels});
  CHECK(count.exit_code == 6);
  CHECK_THAT(count.errors, Contains("500 labels for 200 samples"));
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("an output folder that cannot be leaves nothing behind", "[cli][bad_input]") {
  const std::string model = source_path("testdata/digits/digits.onnx");
  const auto folder = scratch();
  REQUIRE(write_file((folder.path() / "file").string(), "mine").ok());
  for (const std::string output : {"file", "file/below"}) {
    const auto result = cli(folder.path(), {"compress", model, "-o", output});
    INFO(result.errors);
    CHECK(result.exit_code == 6);
  }
  CHECK(cli(folder.path(), {"run", model, "--input", source_path("testdata/digits/calib_x.npy"), "--output",
                              "file/y.npy"}).exit_code == 6);
  CHECK(files_in(folder.path()) == std::map<std::string, std::string>{{"file", "mine"}});
}

#ifndef __SANITIZE_ADDRESS__  // the sanitizer's own memory is beyond any limit
TEST_CASE("--max-memory ends any command with exit code 8 when it is not enough", "[cli][bad_input]") {
  const std::string model = source_path("testdata/digits/digits.onnx");
  const auto folder = scratch();
  std::string npy = *read_file(source_path("testdata/digits/calib_x.npy"));
  const auto big = (folder.path() / "big.onnx").string();
  REQUIRE(write_file(big, std::string(std::size_t{64} << 20, '\n')).ok());
  const auto big_data = (folder.path() / "big.npy").string();
  REQUIRE(write_file(big_data, std::move(npy) + std::string(std::size_t{64} << 20, '\0')).ok());
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"inspect", big}, {"compress", big}, {"estimate", big},
           {"run", model, "--input", big_data, "--output", "y.npy"},
           {"eval", model, "--data", big_data, "--reference", model}}) {
    std::vector<std::string> limited = arguments;
    limited.insert(limited.end(), {"--max-memory", "32M"});
    const auto result = cli(folder.path(), limited);
    INFO(arguments.front() << ": " << result.errors);
    CHECK(result.exit_code == 8);
    CHECK_THAT(result.errors, Contains("TC8001") && Contains("--max-memory"));
  }
  CHECK(files_in(folder.path()).size() == 2);
  CHECK(cli(folder.path(), {"--max-memory", "256M", "inspect", model}).exit_code == 0);
  CHECK(cli(folder.path(), {"inspect", model, "--max-memory", "lots"}).exit_code == 5);
}
#endif
