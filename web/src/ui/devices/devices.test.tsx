// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { I18nextProvider } from 'react-i18next';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReactNode } from 'react';

import { createTranslations } from '../../i18n/index.ts';
import { createConversationStore } from '../../state/index.ts';
import type { ConversationStore, SoundDevices } from '../../state/index.ts';
import { PageProvider } from '../page-context.ts';
import type { CheckOutcome, CheckStep, PageServices } from '../page-context.ts';
import { DeviceSettings, DeviceTest, HearingHint } from './index.ts';

const DEVICES: SoundDevices = {
  microphones: [
    { id: 'desk', label: 'Desk microphone' },
    { id: 'head', label: '' },
  ],
  speakers: [{ id: 'hall', label: 'Hall speakers' }],
  areNamed: true,
  canChooseSpeaker: true,
};

let store: ConversationStore;
let setPreferences = vi.fn();
let outcome: CheckOutcome = { kind: 'played' };
let steps: readonly CheckStep[] = [];
const stop = vi.fn();
const nameDevices = vi.fn(() => Promise.resolve(outcome));

function show(node: ReactNode): void {
  const services = {
    store,
    intents: { setPreferences },
    checks: {
      sound: null,
      nameDevices,
      microphone: (onStep: (step: CheckStep) => void) => {
        for (const step of steps) onStep(step);
        return Promise.resolve(outcome);
      },
      speaker: () => Promise.resolve(outcome),
      stop,
    },
  } as unknown as PageServices;
  render(
    <I18nextProvider i18n={createTranslations('en')}>
      <PageProvider value={services}>{node}</PageProvider>
    </I18nextProvider>,
  );
}

beforeEach(() => {
  store = createConversationStore();
  setPreferences = vi.fn();
  steps = [];
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});
afterEach(cleanup);

describe('DeviceSettings', () => {
  it('should offer every device and the default, and pass on the choice', () => {
    store.dispatch({ type: 'devices.listed', devices: DEVICES });
    show(<DeviceSettings />);
    const select = screen.getByLabelText<HTMLSelectElement>('Microphone');
    expect([...select.options].map(({ text }) => text)).toEqual([
      'System default',
      'Desk microphone',
      'Device 2',
    ]);
    fireEvent.change(select, { target: { value: 'desk' } });
    fireEvent.change(screen.getByLabelText('Speaker'), { target: { value: 'hall' } });
    expect(setPreferences.mock.calls).toEqual([[{ microphone: 'desk' }], [{ speaker: 'hall' }]]);
  });

  it('should keep showing a chosen device that is not plugged in, and say so', () => {
    store.dispatch({ type: 'devices.listed', devices: DEVICES });
    store.dispatch({ type: 'preferences.changed', preferences: { microphone: 'gone' } });
    show(<DeviceSettings />);
    expect(screen.getByLabelText<HTMLSelectElement>('Microphone').selectedOptions[0]?.text).toContain(
      'not plugged in',
    );
    expect(screen.getByText(/used again as soon/).getAttribute('role')).toBe('status');
  });

  it('should say that a browser plays on one speaker only', () => {
    store.dispatch({
      type: 'devices.listed',
      devices: { ...DEVICES, speakers: [], canChooseSpeaker: false },
    });
    show(<DeviceSettings />);
    expect(screen.getByText(/system’s speaker/)).toBeDefined();
  });

  it('should ask for the names where there are none, and say why when that fails', async () => {
    outcome = { kind: 'failed', code: 'permission_denied' };
    show(<DeviceSettings />);
    fireEvent.click(screen.getByTestId('name-devices'));
    expect((await screen.findByRole('alert')).textContent).toContain('may not use your microphone');
  });

  it.each(['echoCancellation', 'noiseSuppression', 'autoGain'])('should switch %s off', (name) => {
    show(<DeviceSettings />);
    fireEvent.click(screen.getByTestId(`switch-${name}`));
    expect(setPreferences).toHaveBeenCalledWith({ [name]: false });
  });

  it('should change the picture', () => {
    show(<DeviceSettings />);
    fireEvent.click(screen.getByLabelText('Spectrum'));
    expect(setPreferences).toHaveBeenCalledWith({ visualiser: 'spectrum' });
  });
});

describe('DeviceTest', () => {
  it.each([
    [-20, 'works'],
    [-60, 'faint'],
    [-Infinity, 'Nothing came'],
  ])('should judge a recording whose loudest moment is %d dB', async (loudestDb, words) => {
    outcome = { kind: 'heard', loudestDb };
    show(<DeviceTest />);
    fireEvent.click(screen.getByText('Test the microphone'));
    expect((await screen.findByText(new RegExp(words))).dataset.stage).toBe('none');
  });

  it('should say what to do when the microphone cannot be had', async () => {
    outcome = { kind: 'failed', code: 'no_microphone' };
    show(<DeviceTest />);
    fireEvent.click(screen.getByTestId('test-microphone'));
    expect(await screen.findByText(/Plug one in/)).toBeDefined();
  });

  it('should end a test when it is left', () => {
    show(<DeviceTest />);
    stop.mockClear();
    cleanup();
    expect(stop).toHaveBeenCalled();
  });
});

describe('HearingHint', () => {
  it.each(['blocked', 'nothing', 'faint', 'wordless', 'clipping'] as const)(
    'should say what %s means',
    (trouble) => {
      store.dispatch({ type: 'microphone.opened', label: 'Desk microphone' });
      store.dispatch({ type: 'hearing.changed', trouble });
      show(<HearingHint />);
      expect(screen.getByRole('status').textContent).toContain('Desk microphone');
      expect(screen.getByTestId('hearing').dataset.trouble).toBe(trouble);
    },
  );

  it('should be empty while nothing is wrong', () => {
    show(<HearingHint />);
    expect(screen.getByRole('status').textContent).toBe('');
  });
});
