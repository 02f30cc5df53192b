#pragma once

#include "adapters/recording/keys.hpp"
#include "config/settings.hpp"

#include <filesystem>
#include <memory>

namespace velox::recording {

/// Where recordings are: `<data_dir>/recordings`, made for the engine's eyes
/// only (mode 0700). Throws recording_error that names the directory.
std::filesystem::path prepare_directory(const config::settings& x);

/// The keys that the settings name. `recording.key` or `recording.key_file` is
/// the present one; without either, the engine makes one and keeps it in the
/// data directory (`config::load_or_create_recording_key`). Those of
/// `recording.old_key_files`, and one that the engine made before another was
/// given, open older recordings. Throws recording_error that names the setting,
/// or config_error.
std::shared_ptr<const key_port> keys_of(const config::settings& x);

} // namespace velox::recording
