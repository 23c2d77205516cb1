/**
 * Choosing a place on a sketch of the city, drawn from the middle of each street.
 *
 * No map service: nobody else learns where a citizen looks. The pin moves by a click, the
 * arrow keys or the name of a street; the nearest street is its text alternative.
 */

import { sheet } from './forms.js';
import { button, h, svg, tool } from './nodes.js';

const METRES = 111320; // in one degree of latitude
const FIRST_LOOK = 1600; // metres across the picture
const NARROWEST = 300; // at the closest look
const OUTSIDE = 1500; // metres from every street beyond which it is not our city
const STEP = 12; // pixels
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class PlacePicker {
  /** `on` has chosen(place, street), cancel(). */
  constructor(t, streets, on) {
    Object.assign(this, { t, on });
    this.#measure(streets);
    this.#build();
    this.#move(this.streets[0]);
  }

  /** Asks the device where it is. The citizen sees the pin before anything is sent. */
  locate() {
    this.#say('plek_zoeken');
    const options = { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 };
    const failed = ({ code }) => this.#say(code === 1 ? 'plek_geweigerd' : 'plek_onbekend');
    if (navigator.geolocation) navigator.geolocation.getCurrentPosition(({ coords }) => this.#found(coords), failed, options);
    else failed({});
  }

  draw() {
    const { x, y } = this.middle;
    const height = (this.across * 2) / 3;
    const scale = this.#metresPerPixel();
    this.picture.setAttribute('viewBox', [x - this.across / 2, y - height / 2, this.across, height].join(' '));
    this.pin.setAttribute('transform', `translate(${this.at.x} ${this.at.y}) scale(${scale * 1.3})`);
    this.labels.setAttribute('font-size', 11 * scale);
    this.labels.replaceChildren(...this.#labels(scale));
  }

  /** Metres east and south of the first street. */
  #measure(streets) {
    const [{ lat, lon }] = streets;
    const east = METRES * Math.cos((lat * Math.PI) / 180);
    this.project = (point) => ({ x: (point.lon - lon) * east, y: (lat - point.lat) * METRES });
    this.unproject = ({ x, y }) => ({ latitude: Number((lat - y / METRES).toFixed(6)), longitude: Number((lon + x / east).toFixed(6)) });
    this.streets = streets.map((street) => ({ name: street.name, ...this.project(street) }));
    const [left, right] = range(this.streets, 'x');
    const [top, bottom] = range(this.streets, 'y');
    this.widest = Math.max(right - left, (bottom - top) * 1.5, NARROWEST) * 1.15;
    this.across = Math.min(this.widest, FIRST_LOOK);
    this.middle = this.streets[0]; // the city puts its main square first
  }

  #build() {
    const { t } = this;
    this.near = h('p', { class: 'near', id: 'near', role: 'status' });
    this.labels = svg('g', { class: 'labels' });
    this.pin = svg('g', { class: 'pin' }, svg('path', { d: 'M0 0C-4-7-9-11-9-17a9 9 0 0 1 18 0C9-11 4-7 0 0Z' }), svg('circle', { cy: -17, r: 3.5 }));
    this.picture = svg('svg', { 'aria-hidden': true, preserveAspectRatio: 'xMidYMid slice', onclick: (event) => this.#click(event) }, this.#roads(), this.labels, this.pin);
    this.map = h('div', { class: 'map', role: 'application', tabindex: 0, 'aria-label': t('plek_kaart_naam'), 'aria-describedby': 'place-help near', onkeydown: (event) => this.#key(event) }, this.picture);
    const zoom = h('div', { class: 'zoom' }, tool('plus', t('inzoomen'), () => this.#zoom(0.5)), tool('minus', t('uitzoomen'), () => this.#zoom(2)));
    const send = button('primary', () => this.on.chosen(this.unproject(this.at), this.nearest.name), t('plek_verstuur'));
    this.element = sheet(
      'place',
      t('plek_titel'),
      this.#search(),
      h('div', { class: 'frame' }, this.map, zoom),
      this.near,
      h('p', { id: 'place-help', class: 'help' }, t('plek_hulp')),
      h('div', { class: 'buttons' }, send, button('plain', this.on.cancel, t('annuleren'))),
    );
  }

  #search() {
    const names = new Set(this.streets.map((street) => street.name).sort());
    const list = h('datalist', { id: 'streets' }, ...[...names].map((value) => h('option', { value })));
    const input = h('input', { id: 'street', list: 'streets', autocomplete: 'off', onchange: () => this.#goTo(input.value.trim().toLowerCase()) });
    return h('div', { class: 'row' }, h('label', { for: 'street' }, this.t('plek_straat')), input, list);
  }

  #goTo(wanted) {
    const street = this.streets.find(({ name }) => wanted && name.toLowerCase().startsWith(wanted));
    this.across = Math.min(this.across, this.widest / 3);
    if (street) this.#move(street);
    else this.#say('plek_straat_onbekend');
  }

  #found({ latitude, longitude }) {
    const at = this.project({ lat: latitude, lon: longitude });
    if (distance(this.#nearest(at), at) > OUTSIDE) return this.#say('plek_buiten');
    this.across = Math.min(this.across, this.widest / 4);
    this.#move(at);
    this.#say('plek_gevonden');
  }

  #click({ clientX, clientY }) {
    this.#move(new DOMPoint(clientX, clientY).matrixTransform(this.picture.getScreenCTM().inverse()));
    this.map.focus();
  }

  #key(event) {
    const arrow = ARROWS[event.key];
    if (event.key === '+') this.#zoom(0.5);
    if (event.key === '-') this.#zoom(2);
    if (!arrow) return;
    event.preventDefault();
    const step = STEP * this.#metresPerPixel() * (event.shiftKey ? 4 : 1);
    this.#move({ x: this.at.x + arrow[0] * step, y: this.at.y + arrow[1] * step });
  }

  #zoom(factor) {
    this.across = Math.min(this.widest, Math.max(NARROWEST, this.across * factor));
    this.middle = this.at;
    this.draw();
  }

  #move({ x, y }) {
    this.at = { x, y };
    this.nearest = this.#nearest(this.at);
    this.#say('plek_dichtbij');
    const margin = this.across / 4;
    const follow = (middle, here) => Math.min(Math.max(middle, here - margin), here + margin);
    if (this.across < this.widest) this.middle = { x: follow(this.middle.x, x), y: follow(this.middle.y, y) };
    this.draw();
  }

  #say(name) {
    const text = this.t(name, { straat: this.nearest.name });
    if (this.near.textContent !== text) this.near.textContent = text;
  }

  #nearest(at) {
    return byDistance(this.streets, at)[0];
  }

  #metresPerPixel() {
    return this.across / (this.picture.clientWidth || 340);
  }

  /** The names that fit without touching each other, those near the pin first. */
  #labels(scale) {
    const shown = [];
    for (const { name, x, y } of byDistance(this.streets, this.at)) {
      const width = (name.length * 6 + 8) * scale;
      const touches = (other) => Math.abs(other.x - x) * 2 < other.width + width && Math.abs(other.y - y) < 16 * scale;
      if (!shown.some(touches)) shown.push({ name, x, y, width });
    }
    return shown.map(({ name, x, y }) => svg('text', { x, y: y + 14 * scale }, name));
  }

  /** Each street as a dot, tied to those beside it. */
  #roads() {
    const lines = this.streets.map((street) => neighbours(this.streets, street).map((other) => `M${street.x} ${street.y}L${other.x} ${other.y}`).join(''));
    const dots = this.streets.map(({ x, y }) => `M${x} ${y}h0`);
    return svg('g', { class: 'roads' }, svg('path', { d: lines.join('') }), svg('path', { class: 'dots', d: dots.join('') }));
  }
}

/** Those with nobody in between: the relative neighbourhood graph, among the eight nearest. */
function neighbours(streets, street) {
  const near = byDistance(streets, street).slice(1, 9);
  const between = (other) => near.some((third) => Math.max(distance(street, third), distance(third, other)) < distance(street, other));
  return near.filter((other) => !between(other));
}

function byDistance(streets, at) {
  return [...streets].sort((one, other) => distance(one, at) - distance(other, at));
}

function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

function range(points, key) {
  const values = points.map((point) => point[key]);
  return [Math.min(...values), Math.max(...values)];
}
