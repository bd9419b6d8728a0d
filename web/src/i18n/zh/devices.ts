/** Microphones, loudspeakers and what is heard of them. */
import type { devices as Shape } from '../en/devices.ts';

export const devices: typeof Shape = {};
