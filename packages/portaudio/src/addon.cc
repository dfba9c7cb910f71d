/**
 * PortAudio for Node.js, by Node-API: lists of devices, and streams over rings (stream.h). What
 * stands in JavaScript, with types, is src/index.ts; nothing here is meant for anybody else.
 *
 * What PortAudio refuses is an Error with its words, whose `code` is PortAudio's number.
 */
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <node_api.h>

#include "library.h"
#include "stream.h"

namespace kyberline {
namespace {

using StreamHandle = std::shared_ptr<Stream>;

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

/**
 * What is done beside JavaScript's thread, and its answer there: PortAudio waits for sound systems, and
 * those may hang. One that never ends keeps no process alive.
 */
class Job {
 public:
  virtual ~Job() = default;
  /** On a thread of its own; who uses PortAudio holds the library. */
  virtual void work() = 0;
  /** On JavaScript's. @returns what the job's callback is given */
  virtual napi_value answer(napi_env env) = 0;

  /** @param done called once, with the answer */
  static void run(napi_env env, napi_value done, std::unique_ptr<Job> job) {
    napi_threadsafe_function call;
    napi_create_threadsafe_function(env, done, nullptr, text(env, "kyberline:portaudio"), 0, 1, nullptr, nullptr, nullptr,
                                    onAnswer, &call);
    napi_unref_threadsafe_function(env, call);
    std::thread([call, job = job.release()] {
      job->work();
      if (napi_call_threadsafe_function(call, job, napi_tsfn_nonblocking) == napi_ok) {
        napi_release_threadsafe_function(call, napi_tsfn_release);
      } else {
        delete job;
      }
    }).detach();
  }

 private:
  static void onAnswer(napi_env env, napi_value done, void *, void *data) {
    std::unique_ptr<Job> job(static_cast<Job *>(data));
    if (!env) return;
    napi_value undefined;
    napi_get_undefined(env, &undefined);
    napi_value answer = job->answer(env);
    napi_call_function(env, undefined, done, 1, &answer, nullptr);
  }
};

/** An Error with PortAudio's words; its code is PortAudio's number. */
napi_value errorOf(napi_env env, PaError error, const std::string &said) {
  napi_value out;
  napi_create_error(env, text(env, std::to_string(error).c_str()), text(env, said.c_str()), &out);
  return out;
}

/** Devices and host APIs as they are now, or, while a stream is open, as they were. */
class Look : public Job {
 public:
  void work() override {
    std::lock_guard<std::mutex> lock(library());
    error_ = Stream::openStreams() == 0 ? initializeAgain() : initialize();
    if (error_ != paNoError) {
      said_ = words(error_);
      return;
    }
    for (int id = 0; id < Pa_GetDeviceCount(); id++) devices_.push_back(deviceOf(*Pa_GetDeviceInfo(id)));
    for (int id = 0; id < Pa_GetHostApiCount(); id++) {
      const PaHostApiInfo *api = Pa_GetHostApiInfo(id);
      apis_.push_back({api->name, api->defaultInputDevice, api->defaultOutputDevice});
    }
    defaultApi_ = Pa_GetDefaultHostApi();
  }

  napi_value answer(napi_env env) override {
    if (error_ != paNoError) return errorOf(env, error_, said_);
    napi_value devices;
    napi_create_array(env, &devices);
    for (uint32_t id = 0; id < devices_.size(); id++) {
      const Device &device = devices_[id];
      napi_value one;
      napi_create_object(env, &one);
      put(env, one, "id", number(env, id));
      put(env, one, "name", text(env, device.name.c_str()));
      put(env, one, "hostApi", number(env, device.hostApi));
      put(env, one, "maxInputChannels", number(env, device.inputs));
      put(env, one, "maxOutputChannels", number(env, device.outputs));
      put(env, one, "defaultSampleRate", number(env, device.sampleRate));
      put(env, one, "lowInputLatency", number(env, device.lowInput));
      put(env, one, "lowOutputLatency", number(env, device.lowOutput));
      napi_set_element(env, devices, id, one);
    }
    napi_value apis;
    napi_create_array(env, &apis);
    for (uint32_t id = 0; id < apis_.size(); id++) {
      napi_value one;
      napi_create_object(env, &one);
      put(env, one, "name", text(env, apis_[id].name.c_str()));
      put(env, one, "defaultInput", number(env, apis_[id].input));
      put(env, one, "defaultOutput", number(env, apis_[id].output));
      napi_set_element(env, apis, id, one);
    }
    napi_value out;
    napi_create_object(env, &out);
    put(env, out, "devices", devices);
    put(env, out, "defaultHostApi", number(env, defaultApi_));
    put(env, out, "hostApis", apis);
    return out;
  }

 private:
  struct Device {
    std::string name;
    int hostApi;
    int inputs;
    int outputs;
    double sampleRate;
    double lowInput;
    double lowOutput;
  };
  struct Api {
    std::string name;
    int input;
    int output;
  };

  static Device deviceOf(const PaDeviceInfo &info) {
    return {info.name,
            info.hostApi,
            info.maxInputChannels,
            info.maxOutputChannels,
            info.defaultSampleRate,
            info.defaultLowInputLatency,
            info.defaultLowOutputLatency};
  }

  PaError error_ = paNoError;
  std::string said_;
  std::vector<Device> devices_;
  std::vector<Api> apis_;
  int defaultApi_ = -1;
};

class Open : public Job {
 public:
  Open(StreamHandle stream, const StreamRequest &request) : stream_(std::move(stream)), request_(request) {}

  void work() override {
    {
      std::lock_guard<std::mutex> lock(library());
      error_ = initialize();
      if (error_ == paNoError) error_ = stream_->open(request_);
    }
    if (error_ == paNoError) {
      error_ = stream_->startInTime();
      isLost_ = error_ == paTimedOut;
    }
    if (error_ != paNoError) said_ = words(error_);
  }

  napi_value answer(napi_env env) override {
    if (error_ != paNoError) {
      stream_->abandon(isLost_);
      return errorOf(env, error_, said_);
    }
    napi_value handle;
    napi_create_external(env, new StreamHandle(stream_),
                         [](napi_env, void *data, void *) { delete static_cast<StreamHandle *>(data); }, nullptr, &handle);
    napi_value memory;
    auto *owner = new std::shared_ptr<Ring>(stream_->ring);
    napi_create_external_arraybuffer(
        env, stream_->ring->slots, stream_->ring->bytes(),
        [](napi_env, void *, void *hint) { delete static_cast<std::shared_ptr<Ring> *>(hint); }, owner, &memory);
    napi_value out;
    napi_create_object(env, &out);
    put(env, out, "handle", handle);
    put(env, out, "memory", memory);
    put(env, out, "latency", number(env, stream_->latency()));
    return out;
  }

 private:
  StreamHandle stream_;
  StreamRequest request_;
  PaError error_ = paNoError;
  bool isLost_ = false;
  std::string said_;
};

/** (done) */
napi_value look(napi_env env, napi_callback_info info) {
  napi_value given[1];
  if (arguments(env, info, given)) Job::run(env, given[0], std::make_unique<Look>());
  return nullptr;
}

/** (isInput, deviceId, channels, sampleRate, framesPerBuffer, suggestedLatency, ringFrames, filledFrames, wakeAt, onWake, done) */
napi_value openStream(napi_env env, napi_callback_info info) {
  napi_value given[11];
  if (!arguments(env, info, given)) return nullptr;
  StreamRequest request{};
  uint32_t wakeAt = 0;
  const bool isRead = read(env, given[0], request.isInput) && read(env, given[1], request.deviceId) &&
                      read(env, given[2], request.channels) && read(env, given[3], request.sampleRate) &&
                      read(env, given[4], request.framesPerBuffer) && read(env, given[5], request.suggestedLatency) &&
                      read(env, given[6], request.ringFrames) && read(env, given[7], request.filledFrames) &&
                      read(env, given[8], wakeAt);
  const uint32_t size = request.ringFrames;
  if (!isRead || request.channels == 0 || request.channels > 256 || size == 0 || size > 1u << 24 || (size & (size - 1))) {
    napi_throw_range_error(env, nullptr, "A stream cannot be like that.");
    return nullptr;
  }
  uv_loop_t *loop;
  napi_get_uv_event_loop(env, &loop);
  auto stream = std::make_shared<Stream>(env, request);
  if (!stream->prepare(given[9], loop)) {
    napi_throw_error(env, nullptr, "There is no memory for a stream.");
    return nullptr;
  }
  stream->ring->set(WAKE_AT, wakeAt, std::memory_order_relaxed);
  Job::run(env, given[10], std::make_unique<Open>(stream, request));
  return nullptr;
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
  } all[] = {{"version", version}, {"look", look}, {"open", openStream}, {"tame", tameStream}, {"close", closeStream}};
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
