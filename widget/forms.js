/** What the citizen fills in: a message, "are you sure", and how it was. */

import { button, h, hidden, icon, tool } from './nodes.js';

const MEGABYTE = 2 ** 20;
const BAD = 2; // up to this score somebody may call him
const WARN_AT = 0.8; // part of the longest text from which the room left is told

/** Where the citizen types and adds a photo. `on` has text(text), photo(file), typing(). */
export class Composer {
  #photo = null;

  constructor(t, limits, on) {
    Object.assign(this, { t, limits, on });
    this.#build();
  }

  focus() {
    this.input.focus();
  }

  /** A sentence beside the field; '' takes it away. */
  problem(text) {
    this.error.textContent = text;
    this.input.setAttribute('aria-invalid', Boolean(text));
  }

  #build() {
    const { t, limits } = this;
    this.input = h('textarea', {
      id: 'text',
      rows: 1,
      maxlength: limits.text,
      enterkeyhint: 'send',
      autocomplete: 'off',
      'aria-describedby': 'help problem left',
      onkeydown: (event) => this.#key(event),
      oninput: () => this.#typed(),
    });
    this.file = h('input', { type: 'file', accept: limits.media_types.join(), hidden: true, onchange: () => this.#picked() });
    this.camera = tool('photo', t('foto'), () => this.file.click());
    this.error = h('p', { id: 'problem', class: 'problem', role: 'alert' });
    this.left = h('p', { id: 'left', class: 'left' });
    this.preview = h('div', { class: 'preview', hidden: true });
    const send = tool('send', t('verstuur'));
    send.type = 'submit';
    this.element = h(
      'form',
      { class: 'composer', onsubmit: (event) => this.#submit(event) },
      this.error,
      this.preview,
      h('label', { for: 'text' }, t('bericht')),
      h('p', { id: 'help', class: 'sr' }, t('bericht_hulp')),
      h('div', { class: 'row' }, this.file, this.camera, this.input, send),
      this.left,
    );
  }

  #key(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.element.requestSubmit();
  }

  #typed() {
    const { input, limits } = this;
    input.style.blockSize = 'auto'; // as high as its text, up to what the style sheet allows
    input.style.blockSize = `${input.scrollHeight + 2}px`;
    if (this.error.textContent) this.problem('');
    const { length } = input.value;
    this.left.textContent = length > limits.text * WARN_AT ? this.t('bericht_ruimte', { aantal: limits.text - length }) : '';
    this.on.typing();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    const photo = this.#photo;
    if (text || photo) {
      this.input.value = '';
      this.#typed();
      this.#show(null);
    } else {
      this.problem(this.t('bericht_leeg'));
    }
    if (photo) this.on.photo(photo);
    if (text) this.on.text(text);
    this.focus();
  }

  #picked() {
    const file = this.file.files[0];
    if (!file) return;
    this.problem(this.#refusal(file));
    if (!this.error.textContent) this.#show(file);
    this.file.value = '';
    this.focus();
  }

  #refusal({ type, size }) {
    const { media_types, upload_megabytes } = this.limits;
    if (type && !media_types.includes(type)) return this.t('foto_verkeerd');
    if (size <= upload_megabytes * MEGABYTE) return '';
    return this.t('foto_te_groot', { grootte: Math.ceil(size / MEGABYTE), maximum: upload_megabytes });
  }

  #show(photo) {
    this.#photo = photo;
    this.preview.hidden = !photo;
    this.preview.replaceChildren();
    if (!photo) return;
    const remove = () => {
      this.#show(null);
      this.focus();
    };
    const picture = h('img', { src: URL.createObjectURL(photo), alt: this.t('foto_voorbeeld') });
    this.preview.append(picture, h('span', null, photo.name), tool('close', this.t('foto_weg'), remove));
  }
}

export function sheet(look, title, ...children) {
  return h('section', { class: `sheet ${look}`, 'aria-labelledby': 'sheet-title' }, h('h3', { id: 'sheet-title', tabindex: -1 }, title), ...children);
}

export function confirmEnd(t, confirm, cancel) {
  const buttons = h('div', { class: 'buttons' }, button('primary', confirm, t('einde_ja')), button('plain', cancel, t('einde_nee')));
  return sheet('', t('einde_titel'), h('p', null, t('einde_tekst')), buttons);
}

/** `on` has rate(score, text), which may reject, save() and again(). */
export function ended(t, on) {
  const again = button('plain', on.again, t('nieuw_gesprek'));
  const form = rating(t, on.rate, (score) => {
    const bad = score <= BAD;
    const call = button('primary', on.call, t('bel_terug'));
    const thanks = bad ? `${t('score_bedankt')} ${t('score_slecht')}` : t('score_bedankt');
    form.replaceWith(h('p', { role: 'status' }, thanks), ...(bad ? [call] : []));
    (bad ? call : again).focus();
  });
  return sheet('ended', t('afgelopen'), form, h('div', { class: 'buttons' }, again, button('plain', on.save, icon('save'), t('bewaren'))));
}

function rating(t, rate, done) {
  const problem = h('p', { class: 'problem', role: 'alert' });
  const scores = [1, 2, 3, 4, 5].map((score) =>
    h('label', null, h('input', { type: 'radio', name: 'score', value: score }), h('span', null, score), hidden(t(`score_${score}`))),
  );
  const ends = h('p', { class: 'ends', 'aria-hidden': true }, h('span', null, t('score_1')), h('span', null, t('score_5')));
  const opinion = h('textarea', { id: 'opinion', rows: 2, maxlength: 1000 });
  const submit = async (event) => {
    event.preventDefault();
    const score = Number(new FormData(event.target).get('score'));
    if (!score) return;
    await rate(score, opinion.value.trim()).then(
      () => done(score),
      () => (problem.textContent = t('score_mislukt')),
    );
  };
  return h(
    'form',
    { class: 'rating', onsubmit: submit },
    h('fieldset', null, h('legend', null, t('score_titel')), h('div', { class: 'scores' }, ...scores), ends),
    h('label', { for: 'opinion' }, t('score_tekst')),
    opinion,
    problem,
    h('button', { class: 'primary' }, t('score_verstuur')),
  );
}
