/** Three notes that rise, pleasant at any volume, to tell by ear whether a loudspeaker plays. */

const NOTES_HZ = [523.25, 659.25, 783.99] as const;
const APART_SECONDS = 0.22;
const LASTS_SECONDS = 0.6;
const ATTACK_SECONDS = 0.015;
const LOUDNESS = 0.22;

/** Plays them into a node; returns the one that ends last. */
export function playNotes(context: AudioContext, into: AudioNode): AudioScheduledSourceNode {
  const start = context.currentTime + 0.05;
  const voices = NOTES_HZ.map((frequency, index) =>
    note(context, { frequency, at: start + index * APART_SECONDS, into }),
  );
  return voices.at(-1) ?? note(context, { frequency: 440, at: start, into });
}

interface Note {
  readonly frequency: number;
  readonly at: number;
  readonly into: AudioNode;
}

function note(context: AudioContext, { frequency, at, into }: Note): OscillatorNode {
  const voice = context.createOscillator();
  voice.type = 'triangle';
  voice.frequency.value = frequency;
  const volume = context.createGain();
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + ATTACK_SECONDS);
  volume.gain.exponentialRampToValueAtTime(0.001, at + LASTS_SECONDS);
  voice.connect(volume).connect(into);
  voice.start(at);
  voice.stop(at + LASTS_SECONDS);
  return voice;
}
