// What the pages cannot do by themselves: a draft that survives, an id against double clicks, ready-made answers,
// the last message in view, and what calls an agent who looks elsewhere.

const answer = document.querySelector('form.answer');
const page = document.title;
const SOUND = 'balie-geluid';

if (answer) keepDraft(answer);
showLast();
pickAnswers();
soundSwitch();
callAttention();
setInterval(countDown, 1000);

document.body.addEventListener('htmx:afterSwap', () => {
  showLast();
  callAttention();
});
document.body.addEventListener('htmx:sseOpen', (event) => {
  event.detail.source.addEventListener('weg', () => location.reload());
  event.detail.source.addEventListener('typt', citizenTypes);
});
document.body.addEventListener('submit', (event) => {
  const button = event.submitter;
  if (event.target.target === '_blank') return; // this page stays, and so does its button
  setTimeout(() => button?.setAttribute('disabled', '')); // a second click is none
});
document.body.addEventListener('click', (event) => {
  if (!event.target.closest('[data-opens-all]')) return;
  for (const block of document.querySelectorAll('#klantbeeld .block')) block.open = true;
});
for (const failed of ['htmx:responseError', 'htmx:sendError']) {
  document.body.addEventListener(failed, (event) => {
    const { target } = event.detail;
    if (target?.closest('#klantbeeld')) target.textContent = 'Nu niet beschikbaar. Laad de pagina opnieuw.';
  });
}
addEventListener('pageshow', () => document.querySelectorAll('button[disabled]').forEach((button) => {
  if (!button.hasAttribute('data-off')) button.removeAttribute('disabled');
}));

let typedAt = 0;
let quiet;

/** The citizen sees that somebody types, until nothing was typed for a while. */
function tellTyping(form) {
  const tell = (on) => fetch(form.action.replace(/antwoord$/, 'typt'), {
    method: 'POST',
    keepalive: true, // also when the page goes
    body: new URLSearchParams({ csrf: form.elements.namedItem('csrf').value, aan: on ? 'ja' : 'nee' }),
  }).catch(() => {});
  const stop = () => {
    if (typedAt) tell(false);
    typedAt = 0;
  };
  clearTimeout(quiet);
  quiet = setTimeout(stop, 5000);
  onpagehide = stop;
  if (Date.now() - typedAt < 4000) return;
  typedAt = Date.now();
  tell(true);
}

let stillTypes;

function citizenTypes() {
  const told = document.getElementById('typt');
  if (!told) return;
  if (!told.textContent) told.textContent = 'De burger typt …';
  clearTimeout(stillTypes);
  stillTypes = setTimeout(() => { told.textContent = ''; }, 6000);
}

function keepDraft(form) {
  const key = `balie-concept:${form.dataset.draft}`;
  const text = form.elements.namedItem('tekst');
  const offers = form.elements.namedItem('knoppen');
  if (!text.value) text.value = localStorage.getItem(key) ?? '';
  if (!offers.value) offers.value = localStorage.getItem(`${key}:knoppen`) ?? '';
  if (offers.value) offers.closest('details').open = true;
  offers.addEventListener('input', () => localStorage.setItem(`${key}:knoppen`, offers.value));
  form.elements.namedItem('id').value = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  text.addEventListener('input', () => {
    localStorage.setItem(key, text.value);
    tellTyping(form);
  });
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener('submit', () => {
    localStorage.removeItem(key);
    localStorage.removeItem(`${key}:knoppen`);
  });
  text.focus();
}

function showLast() {
  const messages = document.getElementById('berichten');
  if (messages) messages.scrollTop = messages.scrollHeight;
}

/** Ready-made answers: searched while typing, put where the cursor is. */
function pickAnswers() {
  const found = document.getElementById('gevonden');
  const search = document.getElementById('zoek');
  if (!found || !answer) return;
  const text = answer.elements.namedItem('tekst');
  search.addEventListener('input', () => {
    const wanted = search.value.toLowerCase();
    for (const item of found.children) item.hidden = !item.textContent.toLowerCase().includes(wanted);
  });
  search.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    found.querySelector('li:not([hidden]) button')?.click();
  });
  found.addEventListener('click', (event) => {
    const chosen = event.target.closest('button');
    if (!chosen) return;
    text.setRangeText(chosen.dataset.text, text.selectionStart, text.selectionEnd, 'end');
    text.dispatchEvent(new Event('input', { bubbles: true }));
    if (chosen.dataset.choices) offerThese(chosen.dataset.choices);
    text.focus();
  });
}

/** The choices of a ready-made answer, in place of what stood there. */
function offerThese(titles) {
  const offers = answer.elements.namedItem('knoppen');
  offers.value = titles;
  offers.closest('details').open = true;
  offers.dispatchEvent(new Event('input'));
}

/** How many wait for this agent, in the title; a tone for a new offer, and a notification, if he wants them. */
function callAttention() {
  const told = document.querySelector('[data-badge]');
  if (!told) return;
  const count = Number(told.dataset.badge);
  document.title = count ? `(${count}) ${page}` : page;
  const offers = told.dataset.offers;
  if (offers && offers !== sessionStorage.getItem('balie-aanbod') && localStorage.getItem(SOUND) === 'aan') {
    tone();
    notify();
  }
  sessionStorage.setItem('balie-aanbod', offers);
}

function countDown() {
  for (const left of document.querySelectorAll('[data-seconds]')) {
    left.dataset.seconds = Math.max(0, left.dataset.seconds - 1);
    left.textContent = left.dataset.seconds;
  }
}

function soundSwitch() {
  const button = document.getElementById('geluid');
  if (!button) return;
  const show = () => {
    const on = localStorage.getItem(SOUND) === 'aan';
    button.setAttribute('aria-pressed', String(on));
    button.textContent = on ? 'Geluid en melding aan' : 'Geluid en melding uit';
  };
  button.hidden = false;
  button.addEventListener('click', () => {
    localStorage.setItem(SOUND, localStorage.getItem(SOUND) === 'aan' ? 'uit' : 'aan');
    show();
    if (localStorage.getItem(SOUND) !== 'aan') return;
    tone();
    if ('Notification' in window) Notification.requestPermission();
  });
  show();
}

/** For whoever looks at something else; it may be read by others too, so it says nothing of the conversation. */
function notify() {
  if (!document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return;
  try {
    const shown = new Notification('Er is een gesprek voor jou.', { tag: 'balie-aanbod' });
    shown.onclick = () => {
      window.focus();
      shown.close();
    };
  } catch {
    // A phone has the word and not the thing.
  }
}

function tone() {
  const audio = new AudioContext();
  const sound = audio.createOscillator();
  const volume = audio.createGain();
  volume.gain.value = 0.1;
  sound.frequency.value = 660;
  sound.connect(volume).connect(audio.destination);
  sound.start();
  sound.stop(audio.currentTime + 0.25);
  sound.onended = () => audio.close();
}
