// The loudness of every 5 ms that reaches the output, with the context's time of its beginning.
const WINDOW_SECONDS = 0.005;
const TOLD_TOGETHER = 40;

registerProcessor(
  'lip-recorder',
  class extends AudioWorkletProcessor {
    #frames = Math.round(WINDOW_SECONDS * sampleRate);
    #sum = 0;
    #taken = 0;
    #begun = 0;
    #told = [];

    process([[input]]) {
      for (let index = 0; index < 128; index += 1) {
        if (this.#taken === 0) this.#begun = currentFrame + index;
        const sample = input?.[index] ?? 0;
        this.#sum += sample * sample;
        this.#taken += 1;
        if (this.#taken === this.#frames) this.#close();
      }
      return true;
    }

    #close() {
      this.#told.push([this.#begun / sampleRate, Math.sqrt(this.#sum / this.#taken)]);
      this.#sum = 0;
      this.#taken = 0;
      if (this.#told.length < TOLD_TOGETHER) return;
      this.port.postMessage(this.#told);
      this.#told = [];
    }
  },
);
