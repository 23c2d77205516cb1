/**
 * One conversation: what was said, what is on its way, whether the line is up. It shows
 * nothing itself but tells `view`.
 *
 * The front's `seq` decides the order and its `id` what is a double; our own messages
 * are known by `client_msg_id` until the front has given them an id.
 */

import { Line, Store, backoff } from './front.js';

const LAG = 200; // until another tab sees what this one has written
const PAGE = 100;
const TYPING_PAUSE = 4000;

export class Conversation {
  session = null; // { token, expires, seen: seq of the last message that was read }
  state = { owner: 'bot' };
  #again;
  #failures = 0;
  #lastSeq = 0;
  #line = null;
  #messages = new Map(); // by id
  #pending = new Map(); // by client_msg_id
  #queue = Promise.resolve();
  #resting = false; // too many tabs: this one hears from the others
  #starting = null;
  #typedAt = 0;

  constructor(front, view, locale) {
    Object.assign(this, { front, view, locale });
    this.store = new Store(`balie:${front.base}`);
    this.channel = new BroadcastChannel(`balie:${front.base}`);
    this.channel.onmessage = (event) => this.#heard(event.data);
    this.#adopt(this.store.read());
  }

  get seen() {
    return this.session?.seen ?? 0;
  }

  /** Goes on with what another page began, if anything. */
  resume() {
    if (this.session) this.open();
  }

  /** A session and an open line; goes on trying as long as that fails. */
  async open() {
    try {
      await this.#start();
      this.#failures = 0;
      this.#retryLost();
    } catch (error) {
      clearTimeout(this.#again);
      this.#again = setTimeout(() => this.open(), error.retryAfter ?? backoff((this.#failures += 1)));
    }
  }

  /** The browser is connected again, or the citizen asks to try now. */
  retryNow() {
    if (!this.#line) return this.open();
    this.#line.stop(); // after a change of network it may be dead without knowing
    this.#listen();
    return this.#retryLost();
  }

  /** The citizen looks at this tab again. */
  wake() {
    if (this.#resting) this.#listen();
    this.#line?.wake();
  }

  leave() {
    this.#line?.stop();
    this.#line = this.#starting = null;
  }

  say(text) {
    this.#send({ type: 'text', text }, text);
  }

  choose(message, choice) {
    this.#send({ type: 'choice', message_id: message.id, choice: choice.n }, choice.title);
  }

  share(place, text) {
    this.#send({ type: 'location', ...place, text }, text);
  }

  attach(file) {
    this.#send({ type: 'attachment' }, '', file);
  }

  retry(entry) {
    entry.status = 'sending';
    this.view.update(entry);
    this.#enqueue(entry);
  }

  /** Tells a person that the citizen types; the bot need not know. */
  typing() {
    if (this.state.owner !== 'agent' || Date.now() - this.#typedAt < TYPING_PAUSE) return;
    this.#typedAt = Date.now();
    this.front.post('typing', { on: true }).catch(() => {});
  }

  read() {
    const seq = this.#lastSeq;
    if (!this.session || this.seen >= seq) return;
    this.#keep({ seen: seq });
    this.#tell({ seq });
    this.front.post('read', { seq }).catch(() => {});
  }

  /** Whether that worked. */
  end() {
    return this.#start().then(() => this.front.post('end', {})).then(() => true, () => false);
  }

  restart() {
    this.#forget();
    this.view.reset();
    this.open();
  }

  #start() {
    this.#starting ??= this.#begin().catch((error) => {
      this.#starting = null;
      this.view.connection(navigator.onLine ? 'unreachable' : 'offline');
      throw error;
    });
    return this.#starting;
  }

  /** Two tabs that begin at once share one conversation. Locks exist on https only. */
  #begin() {
    return new Promise((resolve, reject) => {
      const create = () => this.#create().then(() => resolve(this.#listen()), reject).then(() => pause(LAG));
      if (navigator.locks) navigator.locks.request(this.store.key, create);
      else create();
    });
  }

  async #create() {
    this.#adopt(this.store.read());
    try {
      if (this.session) return await this.#catchUp(true);
    } catch (error) {
      // Nothing of it is on the screen.
      if (error.status !== 401) throw error;
      this.#adopt(null);
    }
    const made = await this.front.post('session', { locale: this.locale, page: location.origin + location.pathname });
    this.#adopt({ token: made.token, seen: 0 });
    this.#keep({ expires: Date.parse(made.expires_at) });
    this.#tell({ session: true });
  }

  #adopt(session) {
    this.session = session;
    this.front.token = session?.token;
  }

  #keep(changes) {
    Object.assign(this.session, changes);
    this.store.write(this.session);
  }

  /** The front does not know this token any more. The next message begins a new conversation. */
  #renew(token) {
    if (this.session && this.session.token !== token) return;
    this.#forget(token);
    for (const entry of this.#pending.values()) {
      const { client_msg_id, body, text } = entry;
      if (body.type === 'choice') entry.body = { client_msg_id, type: 'text', text };
      delete body.attachment; // it was kept with the old conversation
    }
    this.view.expired();
  }

  #forget(token = this.session?.token) {
    if (this.store.read()?.token === token) this.store.write(null);
    this.#turnTo(null);
    this.#setState({ owner: 'bot' });
  }

  #turnTo(session) {
    this.leave();
    this.#messages.clear();
    this.#lastSeq = 0;
    this.#adopt(session);
  }

  #listen() {
    const { token } = this.session;
    let opened = 0;
    this.#resting = false;
    this.#line = new Line((signal) => this.front.fetch('stream', { signal }, { 'Last-Event-ID': this.#lastSeq }), {
      event: (name, data) => this.#event(name, data),
      up: () => {
        this.view.connection('up');
        if (opened++) this.#retryLost();
      },
      down: () => this.view.connection(navigator.onLine ? 'lost' : 'offline'),
      refused: () => this.#renew(token),
    });
  }

  async #event(name, data) {
    if (name === 'state') this.#setState(data);
    if (name === 'typing') this.view.typing(data);
    if (data.reason === 'streams') {
      this.#line.stop();
      this.#resting = true;
    }
    if (name !== 'message') return;
    if (data.seq > this.#lastSeq + 1) await this.#catchUp().catch(() => {});
    this.#take(data);
    this.#tell({ message: data });
  }

  async #catchUp(history) {
    let answer;
    do {
      answer = await this.front.get(`messages?after=${this.#lastSeq}&limit=${PAGE}`);
      for (const message of answer.messages) this.#take(message, history);
      this.#lastSeq = Math.max(this.#lastSeq, answer.last_seq);
    } while (answer.more ?? answer.messages.length === PAGE);
    this.#setState(answer.state);
  }

  #take(message, history) {
    const { id, seq, client_msg_id } = message;
    this.#lastSeq = Math.max(this.#lastSeq, seq);
    if (this.#messages.has(id)) return;
    const own = this.#pending.get(client_msg_id);
    if (own) return this.#confirm(own, id, seq);
    this.#messages.set(id, message);
    this.view.message(message, history);
  }

  #setState(state) {
    this.state = state;
    if (this.session && state.expires_at) this.#keep({ expires: Date.parse(state.expires_at) });
    this.view.state(state);
  }

  #tell(news) {
    this.channel.postMessage({ ...news, token: this.session.token });
  }

  #heard({ token, session, message, seq }) {
    if (session) this.#follow();
    else if (token !== this.session?.token) return;
    else if (message) this.#overhear(message);
    else {
      this.session.seen = seq;
      this.view.read();
    }
  }

  /** A message that another tab got, maybe before us. */
  #overhear(message) {
    const before = this.#lastSeq;
    this.#take(message);
    if (message.seq > before + 1) this.#lastSeq = before;
  }

  /** Another tab began a new conversation: this one goes along. */
  #follow() {
    const session = this.store.read();
    const beginning = this.#starting && !this.session; // will find it by itself
    if (!session || beginning || session.token === this.session?.token) return;
    this.#turnTo(session);
    this.view.reset();
    this.open();
  }

  #send(body, text, file) {
    const client_msg_id = crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(5)).join('-'); // without https
    const at = new Date().toISOString();
    const entry = { from: 'citizen', type: body.type, text, file, at, client_msg_id, status: 'sending', body: { client_msg_id, ...body } };
    this.#pending.set(client_msg_id, entry);
    this.view.message(entry);
    this.#enqueue(entry);
  }

  #enqueue(entry) {
    this.#queue = this.#queue.then(() => this.#deliver(entry));
  }

  #retryLost() {
    for (const entry of this.#pending.values()) if (entry.status === 'failed' && entry.lost) this.retry(entry);
  }

  async #deliver(entry) {
    for (let renewals = 0; entry.status === 'sending'; ) {
      const token = this.session?.token;
      try {
        await this.#start();
        if (entry.file) entry.body.attachment ??= await this.#upload(entry);
        const { id, seq } = await this.front.post('messages', entry.body);
        this.#confirm(entry, id, seq);
      } catch (error) {
        if (entry.status === 'sent') return; // only the answer got lost; the stream has told us
        if (error.status === 401 && (renewals += 1) < 3) this.#renew(token);
        else if (error.status === 429) await this.#slowDown(error.retryAfter ?? 5000);
        else this.#fail(entry, error);
      }
    }
  }

  async #upload(entry) {
    const progress = (part) => this.view.update(Object.assign(entry, { progress: part }));
    return (await this.front.upload(entry.file, progress)).attachment;
  }

  async #slowDown(wait) {
    this.view.waiting(Math.ceil(wait / 1000));
    await pause(wait);
    this.view.waiting(0);
  }

  #confirm(entry, id, seq) {
    if (entry.status === 'sent') return;
    Object.assign(entry, { id, seq, status: 'sent' });
    this.#pending.delete(entry.client_msg_id);
    this.#messages.set(id, entry);
    this.view.update(entry);
    const { file, body, ...message } = entry;
    this.#tell({ message: { ...message, attachment: file && { name: file.name } } });
  }

  #fail(entry, { status, message }) {
    const lost = !status || status >= 500; // worth another try when the line is up again
    this.view.update(Object.assign(entry, { status: 'failed', lost, problem: message }));
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
