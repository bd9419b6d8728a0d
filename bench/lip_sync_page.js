// Beside the page, and unknown to it: takes down what it plays, sample by sample, and what its face does meanwhile.
//
// The sound is what goes into the context's destination, by the frames of the context. The mouth is read as an avatar
// reads it; the moment of a reading is what the browser says is leaving the output then.
(() => {
  const lips = { sound: [], mouth: [], clocks: [] };
  window.__lips = lips;

  const SIL = 0;
  const PP = 1;
  const weights = new Float32Array(15);

  const watch = (context) => {
    const look = (isDrawn) => {
      const { contextTime, performanceTime } = context.getOutputTimestamp();
      const now = performance.now();
      const heard = contextTime + (now - performanceTime) / 1000;
      const isKnown = window.__vivavoceFace.readVisemes(weights);
      const open = isKnown ? 1 - Math.min(1, weights[SIL]) : 0;
      lips.mouth.push([heard, open, isKnown ? weights[PP] : 0, isDrawn ? 1 : 0]);
      lips.clocks.push(heard - (context.currentTime - context.outputLatency));
    };
    setInterval(() => look(false), 4);
    const draw = () => {
      look(true);
      requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
  };

  const connect = AudioNode.prototype.connect;
  const tapped = new WeakSet();
  const tap = async (node) => {
    const { context } = node;
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([window.__lipRecorder], { type: 'text/javascript' })));
    const recorder = new AudioWorkletNode(context, 'lip-recorder');
    recorder.port.onmessage = ({ data }) => {
      lips.sound.push(...data);
    };
    connect.call(node, recorder);
    connect.call(recorder, context.destination);
    watch(context);
  };
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode && !tapped.has(this.context)) {
      tapped.add(this.context);
      void tap(this);
    }
    return connect.call(this, target, ...rest);
  };
})();
