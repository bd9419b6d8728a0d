// Notes what a person could have seen and heard, however briefly, and which devices the page holds.
(() => {
  const seen = { glimpses: [], loudestMicrophone: 0, loudestReply: 0, contexts: [], tracks: [] };
  window.__seen = seen;

  const part = (name) => document.querySelector(`[data-testid="${name}"]`);
  const level = (name) => Number(part(name)?.getAttribute('aria-valuenow') ?? 0);
  const look = () => {
    const glimpse = {
      state: part('state')?.dataset.state ?? '',
      user: part('user-caption')?.textContent ?? '',
      reply: part('assistant-caption')?.textContent ?? '',
    };
    const last = seen.glimpses.at(-1);
    if (JSON.stringify(glimpse) !== JSON.stringify(last)) seen.glimpses.push(glimpse);
    seen.loudestMicrophone = Math.max(seen.loudestMicrophone, level('mic-level'));
    seen.loudestReply = Math.max(seen.loudestReply, level('reply-level'));
  };
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributeFilter: ['data-state', 'aria-valuenow'],
  });

  const OpenContext = window.AudioContext;
  window.AudioContext = class extends OpenContext {
    constructor(...options) {
      super(...options);
      seen.contexts.push(this);
    }
  };
  const devices = navigator.mediaDevices;
  if (devices === undefined) return;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    seen.tracks.push(...stream.getTracks());
    return stream;
  };
})();
