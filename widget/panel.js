/**
 * The window of the chat. On a wide screen it stands beside the page, which stays usable;
 * on a small one it is a modal dialog: focus stays inside and the page is inert.
 */

import { button, h, hidden, icon, tool } from './nodes.js';

const SMALL = '(max-width: 40em), (max-height: 26em)';

export class Panel {
  #inert = [];
  #back = null; // what had the focus before a sheet came
  #small = matchMedia(SMALL);

  /** `on` has close(), agent(), save(), print(), end(), reconnect(). */
  constructor(t, city, log, composer, on) {
    Object.assign(this, { t, composer, on });
    this.sub = h('p');
    this.sheets = h('div', { class: 'sheets' });
    this.bannerText = h('p', { role: 'alert' });
    this.retry = button('', on.reconnect, t('verbinden'));
    this.bannerBox = h('div', { class: 'banner', hidden: true }, this.bannerText, this.retry);
    this.typing = h('p', { class: 'sr', role: 'status' });
    this.dots = h('div', { class: 'dots', 'aria-hidden': true, hidden: true }, h('i'), h('i'), h('i'));
    this.element = h(
      'section',
      { class: 'panel', 'aria-labelledby': 'title', hidden: true, onkeydown: (event) => this.#key(event) },
      this.#header(),
      this.menu,
      this.#help(city),
      this.bannerBox,
      h('div', { class: 'talk' }, log.element, log.jump),
      this.dots,
      this.typing,
      this.sheets,
      composer.element,
    );
    this.#small.onchange = () => this.#fit();
  }

  get isOpen() {
    return !this.element.hidden;
  }

  get sheet() {
    return this.sheets.firstChild;
  }

  toggle(open) {
    this.element.hidden = !open;
    this.#toggleMenu(false);
    this.#fit();
  }

  /** Who answers, in the header. */
  subtitle(text) {
    this.sub.textContent = text;
  }

  /** What is wrong with the connection, or '' when nothing is. */
  banner(text, retry) {
    if (this.bannerText.textContent !== text) this.bannerText.textContent = text;
    this.bannerBox.hidden = !text;
    this.retry.hidden = !retry;
  }

  /** Said aloud; with dots while somebody types. */
  status(text, dots) {
    this.dots.hidden = !dots;
    if (this.typing.textContent !== text) this.typing.textContent = text;
  }

  /** Puts a sheet where the composer is; one that came by itself leaves composer and focus alone. */
  show(sheet, byItself) {
    this.#back ??= this.element.getRootNode().activeElement;
    this.sheets.replaceChildren(sheet);
    this.composer.element.hidden = !byItself;
    if (!byItself) sheet.querySelector('h3').focus();
  }

  /** Takes the sheet away; the focus goes back to where it was, or else to the composer. */
  hide(back = this.#back) {
    const had = this.sheets.matches(':focus-within');
    this.#back = null;
    this.sheets.replaceChildren();
    this.composer.element.hidden = false;
    if (had) (back?.checkVisibility() ? back : this.composer).focus();
  }

  #header() {
    const { t, on } = this;
    const item = (symbol, name, act) =>
      button('', () => {
        this.#toggleMenu(false);
        this.more.focus();
        act();
      }, icon(symbol), t(name));
    this.menu = h('div', { class: 'menu', id: 'menu' }, item('save', 'bewaren', on.save), item('print', 'afdrukken', on.print), item('stop', 'beeindigen', on.end));
    this.more = tool('more', t('meer'), () => this.#toggleMenu(this.menu.hidden));
    this.more.setAttribute('aria-controls', 'menu');
    this.#toggleMenu(false);
    const names = h('div', { class: 'names' }, h('h2', { id: 'title' }, t('titel')), this.sub);
    return h('header', null, h('span', { class: 'avatar' }, icon('bot')), names, this.more, tool('down', t('verkleinen'), on.close));
  }

  /** The road to a person, always in the same place. */
  #help({ phone, email }) {
    const { t, on } = this;
    return h(
      'div',
      { class: 'person' },
      button('', on.agent, icon('person'), t('medewerker')),
      phone && h('a', { href: `tel:${phone.replace(/[^+\d]/g, '')}` }, icon('phone'), t('bellen')),
      email && h('a', { href: `mailto:${email}` }, icon('mail'), t('mailen')),
    );
  }

  #toggleMenu(open) {
    this.menu.hidden = !open;
    this.more.ariaExpanded = open;
  }

  #key(event) {
    if (event.key === 'Tab' && this.#small.matches) this.#keepFocus(event);
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    if (!this.menu.hidden) {
      this.#toggleMenu(false);
      this.more.focus();
    } else if (this.sheet && !this.sheet.matches('.ended')) this.hide();
    else this.on.close();
  }

  #keepFocus(event) {
    const all = [...this.element.querySelectorAll('button, a, textarea, input, [tabindex="0"]')].filter((node) => node.checkVisibility());
    const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    if (this.element.getRootNode().activeElement !== from) return;
    event.preventDefault();
    to.focus();
  }

  #fit() {
    const modal = this.isOpen && this.#small.matches;
    this.element.role = modal ? 'dialog' : 'region';
    this.element.ariaModal = modal || null;
    document.documentElement.style.overflow = modal ? 'hidden' : '';
    this.#shield(modal);
    // iOS lays its keyboard over the page: keep the window in the part that can be seen.
    const { style } = this.element;
    const view = visualViewport;
    view.onresize = view.onscroll = () => {
      const fits = modal && view.scale === 1; // zoomed in by hand: wants it larger
      style.blockSize = fits ? `${view.height}px` : '';
      style.insetBlockStart = fits ? `${view.offsetTop}px` : '';
    };
    view.onresize();
  }

  /** Makes the rest of the page inert: not every screen reader obeys aria-modal. */
  #shield(on) {
    for (const node of this.#inert) node.inert = false;
    this.#inert = [];
    let node = on && this.element.getRootNode().host;
    for (; node && node !== document.body; node = node.parentElement) {
      for (const other of node.parentElement.children) if (other !== node && !other.inert) this.#inert.push(other);
    }
    for (const node of this.#inert) node.inert = true;
  }
}

/** The button that opens the window, with what has not been read yet. */
export class Launcher {
  constructor(t, onclick) {
    this.t = t;
    this.badge = h('span', { class: 'badge', hidden: true });
    this.button = button('launcher', onclick, icon('chat'), t('knop'), this.badge);
    this.news = h('p', { class: 'sr', role: 'status' });
    this.element = h('section', { 'aria-label': t('knop_gebied') }, this.button, this.news);
  }

  unread(count) {
    const text = count ? this.t(count === 1 ? 'ongelezen_een' : 'ongelezen', { aantal: count }) : '';
    this.badge.hidden = !count;
    this.badge.replaceChildren(h('span', { 'aria-hidden': true }, count > 9 ? '9+' : count), hidden(` ${text}`));
    this.news.textContent = text;
  }
}
