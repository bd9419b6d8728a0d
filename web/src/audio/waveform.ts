/** Lets a drawing look at the sound passing a node. */
import type { Cleanups } from './cleanups.ts';
import type { Waveform } from './port.ts';

/** Samples a look covers: about 10 ms. */
const WINDOW_SAMPLES = 512;

export function analyse(context: AudioContext, source: AudioNode, cleanups: Cleanups): Waveform {
  const analyser = context.createAnalyser();
  analyser.fftSize = WINDOW_SAMPLES;
  source.connect(analyser);
  cleanups.add(() => {
    analyser.disconnect();
  });
  return {
    read: (out) => {
      analyser.getFloatTimeDomainData(out);
    },
  };
}
