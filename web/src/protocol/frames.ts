/** The binary frames of `vivavoce.v1`: layout of their headers, and PCM16 in the wire's byte order. */

const INPUT_KIND = 0x01;
const OUTPUT_KIND = 0x02;
const OUTPUT_HEADER_BYTES = 16;
const BYTES_PER_SAMPLE = 2;

/** A binary frame that does not follow the layout. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** A piece of a reply's audio. */
export interface OutputAudioFrame {
  readonly responseNumber: number;
  /** Counts the frames of one response from 0. */
  readonly sequence: number;
  /** Index of the first sample within the item's audio. */
  readonly firstSample: number;
  readonly pcm: Int16Array<ArrayBuffer>;
}

/** Samples, or a piece of an encoded file; which of them, the session's settings say. */
export type InputAudio = Int16Array | Uint8Array<ArrayBuffer>;

/** One byte of kind, then the samples as little-endian PCM16, or the piece as it is. */
export function packInputAudio(audio: InputAudio): ArrayBuffer {
  return audio instanceof Int16Array ? packSamples(audio) : packPiece(audio);
}

function packPiece(piece: Uint8Array<ArrayBuffer>): ArrayBuffer {
  const packed = new Uint8Array(1 + piece.length);
  packed[0] = INPUT_KIND;
  packed.set(piece, 1);
  return packed.buffer;
}

function packSamples(pcm: Int16Array): ArrayBuffer {
  const buffer = new ArrayBuffer(1 + pcm.length * BYTES_PER_SAMPLE);
  const view = new DataView(buffer);
  view.setUint8(0, INPUT_KIND);
  pcm.forEach((sample, index) => {
    view.setInt16(1 + index * BYTES_PER_SAMPLE, sample, true);
  });
  return buffer;
}

/**
 * Header `u8 kind, u8 flags, u16 response, u32 sequence, u64 first sample`, little-endian, then PCM16.
 *
 * @throws FrameError when the frame is cut short, of another kind, or holds half a sample.
 */
export function unpackOutputAudio(buffer: ArrayBuffer): OutputAudioFrame {
  const audioBytes = buffer.byteLength - OUTPUT_HEADER_BYTES;
  if (audioBytes < 0) throw new FrameError('the frame is shorter than its header');
  if (audioBytes % BYTES_PER_SAMPLE !== 0) throw new FrameError('the frame ends within a sample');
  const view = new DataView(buffer);
  if (view.getUint8(0) !== OUTPUT_KIND) throw new FrameError(`unknown frame kind ${view.getUint8(0)}`);
  return {
    responseNumber: view.getUint16(2, true),
    sequence: view.getUint32(4, true),
    firstSample: Number(view.getBigUint64(8, true)),
    pcm: readSamples(view, audioBytes / BYTES_PER_SAMPLE),
  };
}

function readSamples(view: DataView, count: number): Int16Array<ArrayBuffer> {
  return Int16Array.from({ length: count }, (_, index) =>
    view.getInt16(OUTPUT_HEADER_BYTES + index * BYTES_PER_SAMPLE, true),
  );
}
