#include "adapters/cli/command_line.hpp"
#include "adapters/cli/serve/serve.hpp"

int main(int argc, char** argv) {
  return velox::cli::run(argc, argv, {velox::cli::serve});
}
