/**
 * The messages on the screen. Nodes are added, never made again: a screen reader
 * announces what is added to a log, so each message is announced once.
 */

import { button, h, icon, render, safe } from './nodes.js';

const NEAR_END = 80; // pixels from the end within which new messages are followed
const ASKS = { ask_place: ['plek_hier', 'plek_kaart'], ask_photo: ['foto'] };
const SYMBOLS = { plek_hier: 'aim', plek_kaart: 'pin', foto: 'photo', attachment: 'photo', location: 'pin' };

export class Log {
  #items = []; // { message, node } of this conversation, in order
  #following = true;
  #parts = new WeakMap(); // of our own messages: the nodes that change
  #speaking;

  /** `on` has choose(message, choice), ask(what), retry(message), file(id). */
  constructor(t, language, intro, on) {
    Object.assign(this, { t, language, intro, on });
    this.element = h('div', { class: 'log', role: 'log', tabindex: 0, 'aria-live': 'polite', 'aria-relevant': 'additions', 'aria-label': t('berichten') }, intro);
    this.jump = button('jump', () => this.toEnd(), icon('down'), t('nieuwste'));
    this.jump.hidden = true;
    this.element.onscroll = () => {
      this.#following = this.#atEnd();
      this.jump.hidden ||= this.#following;
    };
    // A sheet or the keyboard of a phone takes room: what was in view stays so.
    new ResizeObserver(() => this.#following && this.toEnd()).observe(this.element);
  }

  add(message, history) {
    if (history) this.#silence();
    const own = message.from === 'citizen';
    const follow = history || own || (this.#following && this.#atEnd());
    if (own) this.#closeChoices(message);
    this.#place(message, this.#node(message, own));
    if (follow) this.toEnd();
    else this.jump.hidden = false;
  }

  /** Shows how a message of our own is doing. */
  update(message) {
    const { status, problem, progress } = message;
    const parts = this.#parts.get(message);
    const failed = status === 'failed';
    const sending = status === 'sending';
    parts.node.dataset.status = status;
    parts.status.textContent = failed ? problem || this.t('versturen_mislukt') : sending ? this.t('versturen_bezig') : '';
    parts.retry.hidden = !failed;
    parts.progress.hidden = !sending || progress === undefined;
    parts.progress.value = progress ?? 0;
    if (failed) this.toEnd();
  }

  /** What is still on its way belongs to the new conversation. */
  note(text) {
    this.#closeChoices({});
    this.#items = this.#items.filter(({ message }) => !message.seq);
    this.element.insertBefore(h('p', { class: 'note' }, text), this.#items[0]?.node ?? null);
    this.toEnd();
  }

  clear() {
    this.#items = [];
    this.element.replaceChildren(this.intro);
  }

  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
    this.jump.hidden = this.#following = true;
  }

  #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  /** History is shown without a word. */
  #silence() {
    this.element.ariaLive = 'off';
    clearTimeout(this.#speaking);
    this.#speaking = setTimeout(() => (this.element.ariaLive = 'polite'), 500);
  }

  #place(message, node) {
    let at = this.#items.length;
    while (message.seq && at && !(this.#items[at - 1].message.seq < message.seq)) at -= 1;
    this.element.insertBefore(node, this.#items[at]?.node ?? null);
    const day = this.#day(message.at);
    const before = this.#items[at - 1];
    if (!before || this.#day(before.message.at) !== day) node.before(h('p', { class: 'day' }, day));
    this.#items.splice(at, 0, { message, node });
  }

  #day(at) {
    const date = new Date(at).toDateString();
    const now = new Date();
    if (date === now.toDateString()) return this.t('vandaag');
    now.setDate(now.getDate() - 1);
    if (date === now.toDateString()) return this.t('gisteren');
    return new Date(at).toLocaleDateString(this.language, { weekday: 'long', day: 'numeric', month: 'long' });
  }

  #node(message, own) {
    const name = message.name ?? this.t(`afzender_${message.from}`);
    const avatar = h('span', { class: 'avatar' }, icon(message.from === 'agent' ? 'person' : 'bot'));
    const node = h(
      'div',
      { class: `message ${message.from}` },
      own ? null : h('p', { class: 'author', 'aria-hidden': true }, avatar, name),
      h('p', { class: 'sr' }, own ? this.t('jij_zei') : this.t('zegt', { naam: name })),
      h('div', { class: 'bubble' }, ...this.#body(message, own)),
      this.#choices(message),
      this.#asks(message),
    );
    node.append(this.#meta(message, own && node));
    return node;
  }

  #body(message, own) {
    const { type, file, attachment } = message;
    const name = file?.name ?? attachment?.name;
    const text = message.text || (type === 'attachment' ? this.t('foto_bericht', { naam: name }) : '');
    if (file) return [this.#picture(URL.createObjectURL(file), text), h('p', null, name)];
    const nodes = own ? [h('p', { class: 'typed' }, text)] : render(text, this.t('nieuw_venster'));
    if (SYMBOLS[type]) nodes[0]?.prepend(icon(SYMBOLS[type]), ' ');
    if (attachment?.id) nodes.unshift(this.#kept(attachment));
    const image = message.image && safe(new URL(message.image, document.baseURI));
    return image ? [this.#picture(image, this.t('afbeelding')), ...nodes] : nodes;
  }

  /** A file that the front keeps: a picture is shown, anything else can be saved. */
  #kept({ id, name, media_type: type }) {
    const node = /^image/.test(type) ? this.#picture(null, name) : h('a', { download: name }, name);
    this.on.file(id).then((blob) => (node.src = node.href = URL.createObjectURL(blob)), () => this.#missing(node, name));
    return node;
  }

  #picture(src, alt) {
    return h('img', { src, alt, onload: () => this.#following && this.toEnd(), onerror: ({ target }) => this.#missing(target, alt) });
  }

  #missing(node, name) {
    node.replaceWith(h('p', null, this.t('niet_getoond', { naam: name })));
  }

  #choices(message) {
    if (!message.choices?.length) return null;
    const buttons = message.choices.map((choice) => this.#choice([h('b', null, `${choice.n + 1}.`), ` ${choice.title}`], () => this.on.choose(message, choice)));
    return h('div', { class: 'choices', role: 'group', 'aria-label': this.t('keuzes') }, ...buttons);
  }

  /** What the bot asks for besides words: a place, a photo. */
  #asks({ custom }) {
    const buttons = ASKS[custom?.type]?.map((what) => this.#choice([icon(SYMBOLS[what]), this.t(what)], () => this.on.ask(what)));
    return buttons && h('div', { class: 'choices' }, ...buttons);
  }

  #choice(label, act) {
    return button('choice', (event) => event.currentTarget.ariaDisabled || act(), ...label);
  }

  /** What was offered before stays to be read, not to be used. */
  #closeChoices({ seq, type, text }) {
    const chosen = type === 'choice' && ` ${text}`;
    for (const { message, node } of this.#items) {
      if (message.seq > seq) break;
      for (const choice of node.querySelectorAll('.choice:not([aria-disabled])')) {
        choice.ariaDisabled = true;
        if (chosen && choice.textContent.endsWith(chosen)) choice.classList.add('chosen');
      }
    }
  }

  /** The time, and for our own messages how they are doing: to be read, not announced. */
  #meta(message, node) {
    const date = new Date(message.at);
    const time = date.toLocaleTimeString(this.language, { hour: '2-digit', minute: '2-digit' });
    const meta = h('div', { class: 'meta', 'aria-live': 'off' }, h('time', { datetime: date.toISOString() }, time));
    if (!node) return meta;
    const retry = button('retry', () => this.on.retry(message), this.t('opnieuw'));
    const progress = h('progress', { max: 1, 'aria-label': this.t('foto_voortgang') });
    const status = h('span', { class: 'status' });
    this.#parts.set(message, { node, status, progress, retry });
    meta.append(progress, status, retry);
    this.update(message);
    return meta;
  }
}
