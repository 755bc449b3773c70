'use strict';
(() => {
  const player = document.getElementById('player');
  const seconds = Number(player.dataset.seconds);
  const clock = document.getElementById('clock');
  const slider = document.getElementById('position');
  const playButton = document.getElementById('play');
  const status = document.getElementById('status');
  const tracks = [...document.querySelectorAll('.track')].map((element) => ({
    element,
    name: element.dataset.name,
    role: element.dataset.role,
    url: element.dataset.url,
    channels: Number(element.dataset.channels),
    audio: element.querySelector('.audio').textContent,
    muted: false,
    solo: false,
  }));
  let chosen = 0;
  let playing = false;

  const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

  // What is heard: soloed tracks; else the chosen one; and in the mixture's place, once a
  // part of it is muted, the other parts, which add up to the rest.
  function heard() {
    const soloed = tracks.filter((t) => t.solo);
    if (soloed.length > 0) return new Set(soloed.filter((t) => !t.muted));
    const track = tracks[chosen];
    if (track.muted) return new Set();
    const parts = tracks.filter((t) => t.role === 'part');
    if (track.role === 'whole' && parts.some((t) => t.muted)) {
      return new Set(parts.filter((t) => !t.muted));
    }
    return new Set([track]);
  }

  // All tracks decoded into memory and started on one clock: in step to the sample.
  class BufferEngine {
    constructor() {
      this.offset = 0;
      this.ready = null;
    }
    prepare() {
      if (!this.ready) {
        this.context = new AudioContext({ sampleRate: 48000 });
        this.analyser = this.context.createAnalyser();
        this.analyser.connect(this.context.destination);
        this.ready = Promise.all(tracks.map(async (track) => {
          track.buffer = await this.context.decodeAudioData(bytesOf(track.audio).buffer);
          track.gain = this.context.createGain();
          track.gain.connect(this.analyser);
          track.gain.gain.value = 0;
        }));
      }
      return this.ready;
    }
    async start() {
      const turn = this.turn = (this.turn || 0) + 1;
      await this.prepare();
      await this.context.resume();
      if (turn !== this.turn) return;  // stopped or moved meanwhile
      this.startedAt = this.context.currentTime + 0.02 - this.offset;
      const now = heard();  // it may have changed while this was decoding
      for (const track of tracks) {
        track.gain.gain.value = now.has(track) ? 1 : 0;
        track.source = this.context.createBufferSource();
        track.source.buffer = track.buffer;
        track.source.connect(track.gain);
        track.source.start(this.context.currentTime + 0.02, this.offset);
      }
      this.running = true;
    }
    stop() {
      this.turn = (this.turn || 0) + 1;
      if (!this.running) return;
      this.offset = this.position();
      this.running = false;
      for (const track of tracks) track.source.stop();
    }
    position() {
      if (!this.running) return this.offset;
      return Math.min(Math.max(this.context.currentTime - this.startedAt, 0), seconds);
    }
    seek(time) { this.offset = time; }
    hear(set) {
      for (const track of tracks) {
        if (track.gain) {
          track.gain.gain.setTargetAtTime(set.has(track) ? 1 : 0,
                                          this.context.currentTime, 0.008);
        }
      }
    }
    level() {
      const samples = new Float32Array(2048);
      if (this.analyser) this.analyser.getFloatTimeDomainData(samples);
      return Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
    }
  }

  // Audio elements, for what is too long to be decoded whole: those that are heard play,
  // and are brought in step where they drift.
  class ElementEngine {
    constructor() {
      this.offset = 0;
      for (const track of tracks) {
        track.media = new Audio();
        track.media.preload = 'metadata';
        track.media.src = track.audio
            ? URL.createObjectURL(new Blob([bytesOf(track.audio)], { type: 'audio/ogg' }))
            : track.url;
        track.media.addEventListener('error', () => {
          status.textContent = `${track.name}: this browser cannot play ` +
              (track.audio ? 'Ogg Opus' : decodeURI(track.url));
        });
      }
    }
    async start(set) {
      this.set = set;
      this.running = true;
      if (set.size === 0) this.silentSince = performance.now() / 1000 - this.offset;
      this.timer = setInterval(() => this.align(), 500);
      await this.playFrom(set, this.offset);
    }
    playFrom(set, time) {
      return Promise.all([...set].map(async (track) => {
        track.media.currentTime = time;
        try {
          await track.media.play();
        } catch (error) {
          if (error.name !== 'AbortError') throw error;  // paused before it began
        }
      }));
    }
    stop() {
      if (!this.running) return;
      this.offset = this.position();
      this.running = false;
      clearInterval(this.timer);
      for (const track of tracks) track.media.pause();
    }
    leader() { return this.set && [...this.set][0]; }
    position() {
      if (!this.running) return this.offset;
      const leader = this.leader();
      return leader ? leader.media.currentTime
                    : Math.min(performance.now() / 1000 - this.silentSince, seconds);
    }
    align() {
      const time = this.position();
      for (const track of this.set) {
        if (Math.abs(track.media.currentTime - time) > 0.05) track.media.currentTime = time;
      }
    }
    seek(time) { this.offset = time; }
    async hear(set) {
      if (!this.running) return;
      const time = this.position();
      const before = this.set;
      this.set = set;
      if (set.size === 0) this.silentSince = performance.now() / 1000 - time;
      for (const track of before) if (!set.has(track)) track.media.pause();
      await this.playFrom([...set].filter((track) => !before.has(track)), time);
    }
    sounding() { return tracks.filter((t) => !t.media.paused).map((t) => t.name); }
    spread() {
      const times = [...this.set].map((t) => t.media.currentTime);
      return Math.max(...times) - Math.min(...times);
    }
  }

  const decodedBytes = tracks.reduce((sum, t) => sum + t.channels * 4 * 48000 * seconds, 0);
  const embedded = tracks.every((t) => t.audio);
  const engine = embedded && decodedBytes < 6e8 && window.AudioContext
      ? new BufferEngine() : new ElementEngine();

  function show() {
    const set = heard();
    for (const [index, track] of tracks.entries()) {
      const mark = (name, pressed) =>
          track.element.querySelector(name).setAttribute('aria-pressed', String(pressed));
      mark('.listen', index === chosen);
      mark('.mute', track.muted);
      mark('.solo', track.solo);
      track.element.classList.toggle('heard', set.has(track));
    }
    player.classList.toggle('playing', playing);
    playButton.setAttribute('aria-label', playing ? 'Pause' : 'Play');
  }

  const clockText = (time) => {
    const whole = Math.floor(time + 1e-6);
    const two = (n) => String(n).padStart(2, '0');
    const minutes = Math.floor(whole / 60);
    return minutes < 60 ? `${minutes}:${two(whole % 60)}`
                        : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
  };

  function showPosition() {
    const time = engine.position();
    clock.textContent = clockText(time);
    slider.value = time;
    slider.setAttribute('aria-valuetext', `${clockText(time)} of ${clockText(seconds)}`);
    player.style.setProperty('--place', seconds > 0 ? time / seconds : 0);
  }

  function frame() {
    if (!playing) return;
    if (engine.position() >= seconds - 0.005) {
      engine.stop();
      engine.seek(0);
      playing = false;
      show();
    }
    showPosition();
    requestAnimationFrame(frame);
  }

  // What a browser cannot play is said, not thrown.
  async function attempt(work) {
    try {
      await work;
      return true;
    } catch (error) {
      pause();
      status.textContent = `This browser cannot play the audio (${error.message}).`;
      return false;
    }
  }

  async function play() {
    playing = true;
    status.textContent = '';
    show();
    if (await attempt(engine.start(heard()))) requestAnimationFrame(frame);
  }

  function pause() {
    playing = false;
    engine.stop();
    show();
    showPosition();
  }

  const toggle = () => (playing ? pause() : play());

  async function seek(time) {
    const wasPlaying = playing;
    engine.stop();
    engine.seek(Math.min(Math.max(time, 0), Math.max(seconds - 0.001, 0)));
    showPosition();
    if (wasPlaying) await attempt(engine.start(heard()));
  }

  function update() {
    attempt(engine.hear(heard()));
    show();
  }

  function choose(index) {
    if (index >= tracks.length) return;
    chosen = index;
    for (const track of tracks) track.solo = false;
    tracks[index].muted = false;
    update();
  }

  function mute(index) {
    const track = tracks[index];
    track.muted = !track.muted;
    // From here on it is the mixture that lacks a part.
    const whole = tracks.findIndex((t) => t.role === 'whole');
    if (track.role === 'part' && track.muted && whole >= 0 && !tracks.some((t) => t.solo)) {
      chosen = whole;
    }
    update();
  }

  function solo(index) {
    tracks[index].solo = !tracks[index].solo;
    if (tracks[index].solo) tracks[index].muted = false;
    update();
  }

  let last = 0;  // the track that keys mean
  for (const [index, { element }] of tracks.entries()) {
    const on = (name, action) => element.querySelector(name).addEventListener('click', () => {
      last = index;
      action(index);
    });
    on('.listen', choose);
    on('.mute', mute);
    on('.solo', solo);
    for (const plot of element.querySelectorAll('.plot')) {
      plot.addEventListener('click', (event) => {
        const box = plot.getBoundingClientRect();
        seek((event.clientX - box.left) / box.width * seconds);
      });
    }
  }
  playButton.addEventListener('click', toggle);
  slider.addEventListener('input', () => seek(Number(slider.value)));

  const scaleButton = document.getElementById('scale');
  function switchScale() {
    const linear = player.classList.toggle('linear');
    scaleButton.setAttribute('aria-pressed', String(linear));
  }
  scaleButton.addEventListener('click', switchScale);

  const keys = {
    ' ': toggle,
    m: () => mute(last),
    s: () => solo(last),
    l: switchScale,
    Home: () => seek(0),
    End: () => seek(seconds),
    ArrowLeft: (event) => seek(engine.position() - (event.shiftKey ? 1 : 5)),
    ArrowRight: (event) => seek(engine.position() + (event.shiftKey ? 1 : 5)),
  };
  let tabbed = false;  // how the focus came where it is
  document.addEventListener('pointerdown', () => { tabbed = false; });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Tab') tabbed = true;
    // A button reached by keyboard keeps the space bar for itself.
    if (event.key === ' ' && tabbed && event.target.closest('button, summary')) return;
    if (/^[0-9]$/.test(event.key)) {
      const index = (Number(event.key) + 9) % 10;
      if (index >= tracks.length) return;
      last = index;
      choose(index);
    } else {
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (!Object.hasOwn(keys, key)) return;
      keys[key](event);
      if (key === ' ' && event.target.closest('button')) event.target.blur();
    }
    event.preventDefault();
  });

  show();
  showPosition();
  // For tests and scripts.
  window.sepPlayer = {
    play, pause, seek, choose, mute, solo,
    position: () => engine.position(),
    level: () => engine.level(),
    sounding: () => engine.sounding(),
    spread: () => engine.spread(),
    heard: () => [...heard()].map((t) => t.name),
    engine: engine.constructor.name,
  };
})();
