/**
 * Microphones, loudspeakers, and what is heard of them.
 *
 * Owns the components that choose, test and show them. Refuses to know how a device is opened.
 */
export { DeviceSettings } from './device-settings.tsx';
export { DeviceTest } from './device-test.tsx';
export { HearingHint } from './hearing-hint.tsx';
export { Visualiser } from './visualiser.tsx';
