/**
 * PortAudio for Node.js, by Node-API: lists of devices, and streams over rings (stream.h). What
 * stands in JavaScript, with types, is src/index.ts; nothing here is meant for anybody else.
 *
 * Every function throws an Error with PortAudio's words; `code` is PortAudio's number.
 */
#include <string>

#include <node_api.h>

#include "library.h"
#include "stream.h"

namespace kyberline {
namespace {

using StreamHandle = std::shared_ptr<Stream>;

napi_value fail(napi_env env, PaError error) {
  napi_throw_error(env, std::to_string(error).c_str(), words(error).c_str());
  return nullptr;
}

napi_value busy(napi_env env) {
  napi_throw_error(env, "BUSY", "PortAudio is still closing a stream.");
  return nullptr;
}

napi_value number(napi_env env, double value) {
  napi_value out;
  napi_create_double(env, value, &out);
  return out;
}

napi_value text(napi_env env, const char *value) {
  napi_value out;
  napi_create_string_utf8(env, value ? value : "", NAPI_AUTO_LENGTH, &out);
  return out;
}

void put(napi_env env, napi_value object, const char *name, napi_value value) {
  napi_set_named_property(env, object, name, value);
}

template <size_t N>
bool arguments(napi_env env, napi_callback_info info, napi_value (&out)[N]) {
  size_t count = N;
  napi_get_cb_info(env, info, &count, out, nullptr, nullptr);
  if (count == N) return true;
  napi_throw_type_error(env, nullptr, "Too few arguments.");
  return false;
}

bool read(napi_env env, napi_value value, double &out) { return napi_get_value_double(env, value, &out) == napi_ok; }
bool read(napi_env env, napi_value value, bool &out) { return napi_get_value_bool(env, value, &out) == napi_ok; }
bool read(napi_env env, napi_value value, int32_t &out) { return napi_get_value_int32(env, value, &out) == napi_ok; }
bool read(napi_env env, napi_value value, uint32_t &out) { return napi_get_value_uint32(env, value, &out) == napi_ok; }

StreamHandle *handleOf(napi_env env, napi_value value) {
  void *pointer = nullptr;
  if (napi_get_value_external(env, value, &pointer) == napi_ok) return static_cast<StreamHandle *>(pointer);
  napi_throw_type_error(env, nullptr, "Not a stream.");
  return nullptr;
}

napi_value version(napi_env env, napi_callback_info) { return text(env, Pa_GetVersionText()); }

napi_value refresh(napi_env env, napi_callback_info) {
  Hold hold;
  if (!hold) return busy(env);
  const bool isFree = Stream::openStreams() == 0;
  PaError error = isFree ? initializeAgain() : paNoError;
  if (error != paNoError) return fail(env, error);
  napi_value out;
  napi_get_boolean(env, isFree, &out);
  return out;
}

napi_value devices(napi_env env, napi_callback_info) {
  Hold hold;
  if (!hold) return busy(env);
  PaError error = initialize();
  if (error != paNoError) return fail(env, error);
  napi_value list;
  napi_create_array(env, &list);
  for (int id = 0; id < Pa_GetDeviceCount(); id++) {
    const PaDeviceInfo *device = Pa_GetDeviceInfo(id);
    napi_value one;
    napi_create_object(env, &one);
    put(env, one, "id", number(env, id));
    put(env, one, "name", text(env, device->name));
    put(env, one, "hostApi", number(env, device->hostApi));
    put(env, one, "maxInputChannels", number(env, device->maxInputChannels));
    put(env, one, "maxOutputChannels", number(env, device->maxOutputChannels));
    put(env, one, "defaultSampleRate", number(env, device->defaultSampleRate));
    put(env, one, "lowInputLatency", number(env, device->defaultLowInputLatency));
    put(env, one, "lowOutputLatency", number(env, device->defaultLowOutputLatency));
    napi_set_element(env, list, static_cast<uint32_t>(id), one);
  }
  return list;
}

napi_value hostApis(napi_env env, napi_callback_info) {
  Hold hold;
  if (!hold) return busy(env);
  PaError error = initialize();
  if (error != paNoError) return fail(env, error);
  napi_value list;
  napi_create_array(env, &list);
  for (int id = 0; id < Pa_GetHostApiCount(); id++) {
    const PaHostApiInfo *api = Pa_GetHostApiInfo(id);
    napi_value one;
    napi_create_object(env, &one);
    put(env, one, "name", text(env, api->name));
    put(env, one, "defaultInput", number(env, api->defaultInputDevice));
    put(env, one, "defaultOutput", number(env, api->defaultOutputDevice));
    napi_set_element(env, list, static_cast<uint32_t>(id), one);
  }
  napi_value out;
  napi_create_object(env, &out);
  put(env, out, "defaultHostApi", number(env, Pa_GetDefaultHostApi()));
  put(env, out, "hostApis", list);
  return out;
}

/** (isInput, deviceId, channels, sampleRate, framesPerBuffer, suggestedLatency, ringFrames, onWake) */
napi_value openStream(napi_env env, napi_callback_info info) {
  napi_value given[8];
  if (!arguments(env, info, given)) return nullptr;
  StreamRequest request{};
  const bool isRead = read(env, given[0], request.isInput) && read(env, given[1], request.deviceId) &&
                      read(env, given[2], request.channels) && read(env, given[3], request.sampleRate) &&
                      read(env, given[4], request.framesPerBuffer) &&
                      read(env, given[5], request.suggestedLatency) && read(env, given[6], request.ringFrames);
  const uint32_t size = request.ringFrames;
  if (!isRead || request.channels == 0 || request.channels > 256 || size == 0 || size > 1u << 24 || (size & (size - 1))) {
    napi_throw_range_error(env, nullptr, "A stream cannot be like that.");
    return nullptr;
  }
  uv_loop_t *loop;
  napi_get_uv_event_loop(env, &loop);
  Hold hold;
  if (!hold) return busy(env);
  PaError error = initialize();
  if (error != paNoError) return fail(env, error);
  auto stream = std::make_shared<Stream>(env, request);
  error = stream->open(request, given[7], loop);
  if (error != paNoError) return fail(env, error);
  napi_value handle;
  napi_create_external(env, new StreamHandle(stream), [](napi_env, void *data, void *) { delete static_cast<StreamHandle *>(data); },
                       nullptr, &handle);
  napi_value memory;
  auto *owner = new std::shared_ptr<Ring>(stream->ring);
  napi_create_external_arraybuffer(
      env, stream->ring->slots, stream->ring->bytes(),
      [](napi_env, void *, void *hint) { delete static_cast<std::shared_ptr<Ring> *>(hint); }, owner, &memory);
  napi_value out;
  napi_create_object(env, &out);
  put(env, out, "handle", handle);
  put(env, out, "memory", memory);
  put(env, out, "latency", number(env, stream->latency()));
  return out;
}

napi_value startStream(napi_env env, napi_callback_info info) {
  napi_value given[1];
  if (!arguments(env, info, given)) return nullptr;
  StreamHandle *stream = handleOf(env, given[0]);
  if (!stream) return nullptr;
  PaError error = (*stream)->start();
  return error == paNoError ? nullptr : fail(env, error);
}

napi_value tameStream(napi_env env, napi_callback_info info) {
  napi_value given[1];
  if (!arguments(env, info, given)) return nullptr;
  StreamHandle *stream = handleOf(env, given[0]);
  return stream ? number(env, (*stream)->tame()) : nullptr;
}

napi_value closeStream(napi_env env, napi_callback_info info) {
  napi_value given[1];
  if (!arguments(env, info, given)) return nullptr;
  StreamHandle *stream = handleOf(env, given[0]);
  return stream ? (*stream)->close(env) : nullptr;
}

napi_value setUp(napi_env env, napi_value exports) {
  const struct {
    const char *name;
    napi_callback call;
  } all[] = {{"version", version}, {"refresh", refresh}, {"devices", devices}, {"hostApis", hostApis},
             {"open", openStream}, {"start", startStream}, {"tame", tameStream}, {"close", closeStream}};
  for (const auto &one : all) {
    napi_value function;
    napi_create_function(env, one.name, NAPI_AUTO_LENGTH, one.call, nullptr, &function);
    put(env, exports, one.name, function);
  }
  return exports;
}

}  // namespace
}  // namespace kyberline

static napi_value Init(napi_env env, napi_value exports) { return kyberline::setUp(env, exports); }
NAPI_MODULE(NODE_GYP_MODULE_NAME, Init)
