/** Why there is no sound or no microphone, in the few kinds a person can do something about. */

export type AudioFaultCode =
  | 'no_microphone'
  | 'permission_denied'
  /** Another program holds the device, or the system refuses it. */
  | 'microphone_busy'
  /** Browsers open microphones only for https and localhost. */
  | 'insecure_origin'
  /** This browser has no AudioWorklet or no microphone interface. */
  | 'unsupported_browser';

/** A device could not be opened. */
export class AudioFault extends Error {
  override readonly name = 'AudioFault';
  readonly code: AudioFaultCode;

  constructor(code: AudioFaultCode, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
  }
}

/** Names the fault behind an error of `getUserMedia` (W3C Media Capture and Streams, section 10.3.4). */
export function microphoneFault(error: unknown): AudioFault {
  return new AudioFault(codeOf(error instanceof Error ? error.name : ''), { cause: error });
}

function codeOf(name: string): AudioFaultCode {
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'permission_denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'no_microphone';
    default:
      return 'microphone_busy';
  }
}
