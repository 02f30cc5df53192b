#include "adapters/language/scripted/memory.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace velox::language {

namespace {

using text_map = std::map<std::string, std::string>;

// Without validation: what callers say may be any bytes.
using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write(json_writer& out, const char* key, const std::string& value) {
  if (value.empty())
    return;
  out.Key(key);
  out.String(value);
}

void write(json_writer& out, const char* key, const text_map& value) {
  if (value.empty())
    return;
  out.Key(key);
  out.StartObject();
  for (auto& [name, text] : value)
    write(out, name.c_str(), text);
  out.EndObject();
}

void read(const rapidjson::Value& from, const char* key, std::string& out) {
  if (auto x = from.FindMember(key);
      x != from.MemberEnd() && x->value.IsString())
    out.assign(x->value.GetString(), x->value.GetStringLength());
}

void read(const rapidjson::Value& from, const char* key, text_map& out) {
  auto x = from.FindMember(key);
  if (x == from.MemberEnd() || !x->value.IsObject())
    return;
  for (auto& member : x->value.GetObject())
    if (member.value.IsString())
      out[member.name.GetString()] = member.value.GetString();
}

} // namespace

std::string to_json(const memory& x) {
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  out.StartObject();
  write(out, "now", x.now);
  write(out, "intent", x.intent);
  write(out, "slots", x.slots);
  write(out, "asking", x.asking);
  write(out, "offered", x.offered);
  write(out, "question", x.question);
  write(out, "last", x.last);
  out.Key("lost");
  out.Uint64(x.lost);
  out.Key("answered");
  out.StartObject();
  for (auto& [name, count] : x.answered) {
    out.Key(name.c_str());
    out.Uint64(count);
  }
  out.EndObject();
  out.Key("done");
  out.StartArray();
  for (auto& form : x.done) {
    out.StartObject();
    write(out, "intent", form.intent);
    write(out, "slots", form.slots);
    out.EndObject();
  }
  out.EndArray();
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

memory from_json(const std::string& json) {
  memory out;
  rapidjson::Document root;
  root.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  if (root.HasParseError() || !root.IsObject())
    return out;
  read(root, "now", out.now);
  read(root, "intent", out.intent);
  read(root, "slots", out.slots);
  read(root, "asking", out.asking);
  read(root, "offered", out.offered);
  read(root, "question", out.question);
  read(root, "last", out.last);
  if (auto x = root.FindMember("lost");
      x != root.MemberEnd() && x->value.IsUint64())
    out.lost = x->value.GetUint64();
  if (auto x = root.FindMember("answered");
      x != root.MemberEnd() && x->value.IsObject())
    for (auto& member : x->value.GetObject())
      if (member.value.IsUint64())
        out.answered[member.name.GetString()] = member.value.GetUint64();
  if (auto x = root.FindMember("done");
      x != root.MemberEnd() && x->value.IsArray())
    for (auto& item : x->value.GetArray())
      if (item.IsObject()) {
        finished_form form;
        read(item, "intent", form.intent);
        read(item, "slots", form.slots);
        out.done.push_back(std::move(form));
      }
  return out;
}

} // namespace velox::language
