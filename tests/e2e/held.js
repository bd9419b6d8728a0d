// Counts what the page holds, without holding on to any of it, and opens and closes things as fast as the page can.
(() => {
  const made = { contexts: [], tracks: [], sockets: [], worklets: [] };
  const note = (kind, thing) => made[kind].push(new WeakRef(thing));
  const living = (kind) => made[kind].map((ref) => ref.deref()).filter((thing) => thing !== undefined);
  const watched = (Made, kind) =>
    class extends Made {
      constructor(...options) {
        super(...options);
        note(kind, this);
      }
    };
  window.AudioContext = watched(window.AudioContext, 'contexts');
  window.WebSocket = watched(window.WebSocket, 'sockets');
  window.AudioWorkletNode = watched(window.AudioWorkletNode, 'worklets');
  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    stream.getTracks().forEach((track) => note('tracks', track));
    return stream;
  };

  const part = (name) => document.querySelector(`[data-testid="${name}"]`);
  const is = (name, key, value) => part(name)?.dataset[key] === value;
  const until = async (what, isSo) => {
    for (const begin = performance.now(); !isSo(); ) {
      if (performance.now() - begin > 30_000) throw new Error(`It did not come to this: ${what}`);
      await new Promise((next) => setTimeout(next, 5));
    }
  };
  const type = (text) => {
    const input = part('text-input');
    // As React sees typing; what a browser's own typing leaves behind for its "undo" is not the page's.
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), 'value').set.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  };
  // Until nothing has changed for a while, as when a room has shown what it was waiting for.
  const quiet = async () => {
    let changed = performance.now();
    const look = new MutationObserver(() => (changed = performance.now()));
    look.observe(document.body, { subtree: true, childList: true, characterData: true });
    await until('a quiet page', () => performance.now() - changed > 60);
    look.disconnect();
  };

  window.__held = {
    opened: () => Object.fromEntries(Object.entries(made).map(([kind, refs]) => [kind, refs.length])),
    open: () => ({
      contexts: living('contexts').filter(({ state }) => state !== 'closed').length,
      tracks: living('tracks').filter(({ readyState }) => readyState === 'live').length,
      sockets: living('sockets').filter(({ readyState }) => readyState !== WebSocket.CLOSED).length,
    }),
    // What somebody still points at, once garbage has been collected. Chromium lets go of tracks in its own time.
    alive: () => ({
      contexts: living('contexts').length,
      sockets: living('sockets').length,
      worklets: living('worklets').length,
    }),
    converse: async (saying) => {
      part('start').click();
      await until('online', () => is('connection', 'connection', 'online') && part('stop') !== null);
      if (saying !== '') {
        type(saying);
        await until('something to send', () => !part('send').disabled);
        part('send').click();
        await until('a reply', () => is('state', 'state', 'speaking'));
      }
      part('stop').click();
      await until('offline', () => is('connection', 'connection', 'offline') && part('start') !== null);
    },
    lookInto: async (room, isPatient) => {
      part(`open-${room}`).click();
      await until('a room', () => part(`room-${room}`) !== null);
      if (isPatient) await quiet();
      part('close-room').click();
      await until('a closed room', () => part(`room-${room}`) === null);
    },
  };
})();
