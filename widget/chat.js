/** <balie-chat>: the city's virtual assistant on any page. docs/widget.md tells how to use it. */

import { Conversation } from './conversation.js';
import { Composer, confirmEnd, ended } from './forms.js';
import { Front } from './front.js';
import { Log } from './log.js';
import { h, render, translator } from './nodes.js';
import { Launcher, Panel } from './panel.js';
import { PlacePicker } from './place.js';

const QUEUE_NEWS = 30000; // between two mentions of the place in the queue
const LONGEST_THOUGHT = 20000;

class BalieChat extends HTMLElement {
  #queueTold = 0;
  #thinking;
  #unread = new Set();
  #wasClosed = false;

  connectedCallback() {
    if (this.shadowRoot) return;
    const style = h('link', { rel: 'stylesheet', href: new URL('chat.css', import.meta.url) });
    this.attachShadow({ mode: 'open' }).append(style, h('slot'));
    const origin = this.getAttribute('api') ?? new URL(import.meta.url).origin;
    this.front = new Front(`${origin.replace(/\/$/, '')}/web`);
    this.language = this.lang || document.documentElement.lang || 'nl';
    this.#load();
  }

  disconnectedCallback() {
    this.conversation?.leave();
    this.panel?.toggle(false);
  }

  /** Opens the window; with a topic, says what belongs to it (`utter_widget_start_<topic>`). */
  open(start) {
    if (!this.panel) return;
    start ??= !this.conversation.session && this.getAttribute('start');
    this.panel.toggle(true);
    this.launcher.element.hidden = true;
    this.conversation.open();
    this.#look();
    if (this.panel.sheet) this.panel.sheet.querySelector('h3').focus();
    else this.composer.focus();
    const opening = this.t(`start_${start}`);
    if (opening) this.#say(opening);
  }

  close() {
    this.panel.toggle(false);
    this.launcher.element.hidden = false;
    this.launcher.button.focus();
  }

  async #load() {
    try {
      this.config = await this.front.get('config');
    } catch {
      this.dataset.state = 'failed'; // the style sheet shows what stands inside the element
      addEventListener('online', () => this.#load(), { once: true });
      return;
    }
    this.t = translator(this.config.texts);
    // The city's colours are the defaults; tokens of the page go before them.
    for (const [name, colour] of Object.entries(this.config.city.colours)) this.style.setProperty(`--balie-city-${name}`, colour);
    this.#build();
    this.#attend();
    this.dataset.state = 'ready';
    this.conversation.resume();
  }

  #build() {
    const { t, config, language } = this;
    this.conversation = new Conversation(this.front, this, language);
    const hours = config.hours?.text;
    const announcement = config.announcement && h('p', { class: 'announcement' }, config.announcement);
    const intro = h('div', { class: 'intro' }, announcement, ...render(t('uitleg'), t('nieuw_venster')), hours && h('p', null, hours));
    this.log = new Log(t, language, intro, {
      choose: (message, choice) => this.#andType(() => this.conversation.choose(message, choice)),
      ask: (what) => (what === 'foto' ? this.composer.file.click() : this.#askPlace(what === 'plek_hier')),
      retry: (message) => this.#andType(() => this.conversation.retry(message)),
      file: (id) => this.front.fetch(`attachments/${id}`).then((response) => response.blob()),
    });
    this.composer = new Composer(t, config.limits, {
      text: (text) => this.#say(text),
      photo: (file) => this.conversation.attach(file),
      typing: () => this.conversation.typing(),
    });
    this.panel = new Panel(t, config.city, this.log, this.composer, {
      close: () => this.close(),
      agent: () => this.#say(t('medewerker_vraag')),
      save: () => this.#transcript((text) => download(text, t('bestand'))),
      print: () => this.#transcript(print),
      end: () => this.#askEnd(),
      reconnect: () => this.conversation.retryNow(),
    });
    this.launcher = new Launcher(t, () => this.open());
    this.panel.subtitle(t('afzender_bot'));
    this.shadowRoot.append(h('div', { class: 'root', lang: language }, this.launcher.element, this.panel.element));
  }

  #attend() {
    addEventListener('online', () => this.conversation.retryNow());
    addEventListener('offline', () => this.connection('offline'));
    addEventListener('pagehide', () => this.conversation.leave());
    addEventListener('pageshow', (event) => event.persisted && this.conversation.resume());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.conversation.wake();
      this.#look();
    });
    document.addEventListener('click', (event) => {
      const opener = event.target.closest?.('[data-balie-start]');
      if (!opener) return;
      event.preventDefault();
      this.open(opener.dataset.balieStart);
    });
  }

  #say(text) {
    if (this.panel.sheet) this.panel.hide();
    this.conversation.say(text);
  }

  #andType(act) {
    act();
    this.composer.focus();
  }

  #askPlace(here) {
    const picker = new PlacePicker(this.t, this.config.map.streets, {
      chosen: (place, street) => {
        this.panel.hide(this.composer.input);
        this.conversation.share(place, this.t('plek_bericht', { straat: street }));
      },
      cancel: () => this.panel.hide(),
    });
    this.panel.show(picker.element);
    picker.draw();
    if (here) picker.locate();
  }

  #askEnd() {
    if (this.#wasClosed) return this.#showEnd();
    const confirm = async () => {
      if (await this.conversation.end()) this.#showEnd();
      else this.panel.hide();
    };
    return this.panel.show(confirmEnd(this.t, confirm, () => this.panel.hide()));
  }

  #showEnd(byItself) {
    const again = () => {
      this.panel.hide(this.composer.input);
      this.conversation.restart();
    };
    const rate = (score, text) => this.front.post('rating', { score, text });
    const call = () => this.#say(this.t('bel_terug'));
    const save = () => this.panel.on.save();
    this.panel.show(ended(this.t, { rate, save, again, call }), byItself);
  }

  async #transcript(use) {
    try {
      use(await (await this.front.fetch('transcript')).text());
    } catch {
      this.composer.problem(this.t('bewaren_mislukt'));
    }
  }

  message(message, history) {
    const own = message.from === 'citizen';
    this.log.add(message, history);
    this.composer.camera.classList.toggle('wanted', message.custom?.type === 'ask_photo');
    if (!history) this.#think(own && message);
    if (!own && message.seq > this.conversation.seen) this.#unread.add(message.id);
    this.#look();
  }

  update(message) {
    this.log.update(message);
    if (message.status === 'failed') this.#think();
  }

  state({ owner, agent, queue }) {
    const closed = owner === 'closed';
    const sheet = this.panel.sheet;
    if (closed && !this.#wasClosed && !sheet) this.#showEnd(true);
    if (!closed && sheet?.matches('.ended')) this.panel.hide();
    this.#wasClosed = closed;
    const name = agent?.name ?? this.t('afzender_agent');
    const person = this.t('met_medewerker', { naam: name });
    this.panel.subtitle({ agent: person, waiting: person, queue: this.t('wachtrij'), closed: this.t('afgelopen') }[owner] ?? this.t('afzender_bot'));
    if (owner === 'queue' && queue?.position && Date.now() - this.#queueTold > QUEUE_NEWS) {
      this.#queueTold = Date.now();
      this.panel.status(this.t('wachtrij_plaats', { positie: queue.position }));
    }
  }

  typing({ from, on }) {
    const name = this.conversation.state.agent?.name ?? this.t(`afzender_${from}`);
    this.panel.status(on ? this.t('typt', { naam: name }) : '', on);
  }

  /** 'up', or what is wrong: 'lost', 'offline' or 'unreachable'. */
  connection(condition) {
    const shown = condition !== 'up' && (this.panel.isOpen || this.conversation.session);
    this.panel.banner(shown ? this.t(`verbinding_${condition}`) : '', condition !== 'offline');
    if (shown) this.panel.status('');
  }

  /** The front asked us to slow down; 0 when that is over. */
  waiting(seconds) {
    this.composer.problem(seconds ? this.t('rustig', { seconden: seconds }) : '');
  }

  /** The front knows the conversation no more; a new one begins below. */
  expired() {
    this.log.note(this.t('verlopen'));
  }

  /** Another tab has read everything. */
  read() {
    this.#unread.clear();
    this.launcher.unread(0);
  }

  reset() {
    this.log.clear();
    this.read();
    if (this.panel.sheet) this.panel.hide();
  }

  #look() {
    if (this.panel.isOpen && !document.hidden) {
      this.read();
      this.conversation.read();
    } else {
      this.launcher.unread(this.#unread.size);
    }
  }

  /** Dots until the answer is there. */
  #think(message) {
    clearTimeout(this.#thinking);
    const waits = message?.status === 'sending' && this.conversation.state.owner === 'bot';
    this.panel.status(waits ? this.t('typt', { naam: this.t('afzender_bot') }) : '', waits);
    if (waits) this.#thinking = setTimeout(() => this.#think(), LONGEST_THOUGHT);
  }
}

function download(text, name) {
  const href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  h('a', { href, download: name }).click();
}

/** Prints the text alone, from a frame that nobody sees. */
function print(text) {
  const frame = h('iframe', { 'aria-hidden': true, tabindex: -1 });
  frame.style.cssText = 'position:fixed;inset:100% 0 0 100%';
  document.body.append(frame);
  const page = frame.contentWindow;
  page.document.body.append(text);
  page.document.body.style.cssText = 'white-space:pre-wrap;font:12pt sans-serif';
  page.onafterprint = () => frame.remove();
  page.print();
}

customElements.define('balie-chat', BalieChat);
