// The loudness and the brightness of every 5 ms that reach the output, with the context's time of their beginning.
//
// Brightness is the loudness of the sound's slope. What sounds through closed lips is dull, however loud it is.
const WINDOW_SECONDS = 0.005;
const TOLD_TOGETHER = 40;
/** The rate at which a slope from sample to sample counts as it is. */
const SLOPE_HZ = 24_000;

registerProcessor(
  'lip-recorder',
  class extends AudioWorkletProcessor {
    #frames = Math.round(WINDOW_SECONDS * sampleRate);
    #sum = 0;
    #slopes = 0;
    #last = 0;
    #taken = 0;
    #begun = 0;
    #told = [];

    process([[input]]) {
      for (let index = 0; index < 128; index += 1) {
        if (this.#taken === 0) this.#begun = currentFrame + index;
        const sample = input?.[index] ?? 0;
        this.#sum += sample * sample;
        this.#slopes += (sample - this.#last) ** 2;
        this.#last = sample;
        this.#taken += 1;
        if (this.#taken === this.#frames) this.#close();
      }
      return true;
    }

    #close() {
      const slope = Math.sqrt(this.#slopes / this.#taken) * (sampleRate / SLOPE_HZ);
      this.#told.push([this.#begun / sampleRate, Math.sqrt(this.#sum / this.#taken), slope]);
      this.#sum = 0;
      this.#slopes = 0;
      this.#taken = 0;
      if (this.#told.length < TOLD_TOGETHER) return;
      this.port.postMessage(this.#told);
      this.#told = [];
    }
  },
);
