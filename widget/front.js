/**
 * Speaks with the front over HTTP: requests, uploads, and one event stream that is
 * kept open. The token goes in a header, never in an address: those end up in logs.
 */

const TIMEOUT = 15000;
const SILENCE = 40000; // the server says something every 15 s
const LONGEST_WAIT = 30000;

export class HttpError extends Error {
  constructor(status, retryAfter, said) {
    super(said?.text ?? ''); // what the front says of it to the citizen
    this.status = status; // 0: no answer at all
    this.retryAfter = Number.parseFloat(retryAfter) * 1000 || null;
  }
}

export class Front {
  token = null;

  constructor(base) {
    this.base = base;
  }

  async get(path) {
    return (await this.fetch(path)).json();
  }

  async post(path, body) {
    const response = await this.fetch(path, { method: 'POST', body: JSON.stringify(body) }, { 'Content-Type': 'application/json' });
    const text = await response.text();
    return text ? JSON.parse(text) : {};
  }

  async fetch(path, options = {}, headers = {}) {
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    const signal = AbortSignal.timeout(TIMEOUT);
    const response = await fetch(`${this.base}/${path}`, { headers, signal, cache: 'no-store', credentials: 'include', ...options }).catch(() => {
      throw new HttpError(0);
    });
    if (response.ok) return response;
    throw new HttpError(response.status, response.headers.get('Retry-After'), await response.json().catch(() => null));
  }

  /** By XMLHttpRequest, because fetch tells nothing of its progress. */
  upload(file, progress) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('POST', `${this.base}/attachments`);
      request.responseType = 'json';
      request.setRequestHeader('Authorization', `Bearer ${this.token}`);
      request.upload.onprogress = (event) => progress(event.loaded / event.total);
      request.onerror = () => reject(new HttpError(0));
      request.onload = () => {
        if (request.status < 300) resolve(request.response);
        else reject(new HttpError(request.status, request.getResponseHeader('Retry-After'), request.response));
      };
      const form = new FormData();
      form.append('file', file);
      request.send(form);
    });
  }
}

/** What this browser keeps between pages; in memory when storage is blocked. */
export class Store {
  constructor(key) {
    this.key = key;
  }

  /** The session that still runs, or null. */
  read() {
    let kept = this.memory;
    try {
      kept = JSON.parse(localStorage.getItem(this.key)) ?? kept;
    } catch {
      // blocked: the memory of this page has to do
    }
    return kept?.expires > Date.now() ? kept : null;
  }

  write(session) {
    this.memory = session;
    try {
      localStorage.setItem(this.key, JSON.stringify(session));
    } catch {
      // blocked or full
    }
  }
}

/** An event stream that is opened again whenever it ends. `on` has event, up, down and refused. */
export class Line {
  #stopped = new AbortController();
  wake = () => {}; // ends the wait before the next try

  constructor(open, on) {
    this.open = open;
    this.on = on;
    this.#run();
  }

  stop() {
    this.#stopped.abort();
    this.wake();
  }

  async #run() {
    for (let failures = 0; ; failures += 1) {
      let problem = null;
      await this.#listen(() => (failures = 0)).catch((error) => (problem = error));
      if (this.#stopped.signal.aborted) return;
      if (problem?.status === 401) return this.on.refused();
      // Opened again without a word; the citizen hears of it when that fails.
      if (failures) this.on.down();
      await this.#pause(problem?.retryAfter ?? backoff(failures + 1));
      if (this.#stopped.signal.aborted) return;
    }
  }

  async #listen(opened) {
    const dead = new AbortController();
    const stop = () => dead.abort();
    let timer = setTimeout(stop, SILENCE);
    this.#stopped.signal.addEventListener('abort', stop);
    try {
      const reader = (await this.open(dead.signal)).body.pipeThrough(new TextDecoderStream()).getReader();
      opened();
      this.on.up();
      for (let rest = '', part; !(part = await reader.read()).done; ) {
        clearTimeout(timer);
        timer = setTimeout(stop, SILENCE);
        const blocks = (rest + part.value).split(/\r?\n\r?\n/);
        rest = blocks.pop();
        for (const block of blocks) await this.#event(block);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #event(block) {
    const field = (name) => block.match(new RegExp(`^${name}: ?(.*)$`, 'm'))?.[1];
    const data = field('data');
    return data && this.on.event(field('event'), JSON.parse(data));
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, milliseconds);
    });
  }
}

/** Twice as long each time, with chance in it so that not everybody returns at once. */
export function backoff(failures) {
  return Math.min(LONGEST_WAIT, 250 * 2 ** failures) * (0.5 + Math.random() / 2);
}
