/** Shows on the demo page where else one can chat: only the channels that are on. */

const NAMES = { whatsapp: 'WhatsApp', messenger: 'Messenger' };

const section = document.getElementById('elders');
const { channels = [] } = await fetch('/channels').then((answer) => answer.json()).catch(() => ({}));

for (const { channel, address, url, qr } of channels) {
  const name = NAMES[channel] ?? channel;
  const item = section.querySelector('template').content.cloneNode(true);
  const link = item.querySelector('a');
  link.href = url;
  link.textContent = `Chat in ${name}`;
  item.querySelector('img').src = qr;
  item.querySelector('img').alt = `QR-code voor ${name}`;
  item.querySelector('span').textContent = address;
  section.querySelector('ul').append(item);
}
section.hidden = channels.length === 0;
