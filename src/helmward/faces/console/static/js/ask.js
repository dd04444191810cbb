// Asking with scripts on: what was understood appears at once, then each look of a model. The answer is the page's own, drawn by
// the server. All that is told here is text.
const box = document.getElementById('going');
const stop = document.querySelector('[data-stop]');

const add = (parent, tag, text, name = '') => {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name) element.className = name;
  parent.append(element);
  return element;
};

const begun = (words) => {
  const turn = document.createElement('article');
  turn.className = 'turn';
  const said = add(turn, 'p', '', 'words');
  add(said, 'span', box.dataset.name, 'who');
  said.append(` ${words}`);
  const card = add(turn, 'div', '', 'card answer');
  box.replaceChildren(turn);
  const busy = add(card, 'p', 'Understanding', 'muted busy');
  turn.scrollIntoView({ block: 'nearest' });
  return { card, busy, steps: null };
};

const told = {
  command: (going, data) => {
    document.querySelector('.composer input[name="conversation"]').value = data.conversation;
    if (data.command.length) going.card.insertBefore(add(going.card, 'pre', data.command.map((line) => `$ ${line}`).join('\n'), 'wrap command'), going.busy);
    for (const note of data.notes) going.card.insertBefore(add(going.card, 'p', note, 'muted'), going.busy);
    going.busy.textContent = data.kind === 'answer' ? `The model ${data.model} is looking` : 'Working';
  },
  step: (going, data) => {
    going.steps ??= going.card.insertBefore(document.createElement('ol'), going.busy);
    going.steps.className = 'steps';
    const given = data.arguments ? ` ${Object.entries(data.arguments).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`).join(' ')}` : '';
    const line = add(going.steps, 'li', '');
    if (data.tool) add(line, 'code', `${data.tool}${given}`);
    line.append(` ${data.outcome === 'done' ? '✓' : '⊘'} ${data.result}`);
  },
};

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const lines = block.split('\n');
      const name = lines.find((line) => line.startsWith('event: '))?.slice(7);
      const data = lines.find((line) => line.startsWith('data: '))?.slice(6);
      if (name && data) yield [name, JSON.parse(data)];
    }
  }
}

const failed = (going, sentence) => {
  going.busy.remove();
  add(going.card, 'p', sentence, 'notice wrong').setAttribute('role', 'alert');
};

const show = (conversation) => {
  const there = `/ask?conversation=${encodeURIComponent(conversation)}`;
  if (location.pathname + location.search !== there) { location.assign(`${there}#latest`); return; }
  location.hash = 'latest';
  location.reload();
};

const follow = async (going, answer) => {
  if (answer.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
    const said = await answer.json().catch(() => ({}));
    failed(going, said.error ?? 'Nothing was asked: you may be signed out; load the page again.');
    return;
  }
  for await (const [name, data] of events(answer.body)) {
    if (name === 'result') { show(data.conversation); return; }
    if (name === 'failed') { failed(going, data.error); return; }
    told[name]?.(going, data);
  }
  failed(going, 'The line was cut. Load the page again to see what came of it.');
};

const ask = async (form, submitter) => {
  const body = new URLSearchParams(new FormData(form, submitter));
  const going = begun(submitter?.name === 'text' ? submitter.textContent : body.get('text'));
  const cut = new AbortController();
  const buttons = [...document.querySelectorAll('.talk form button:not([data-stop])')];
  buttons.forEach((button) => { button.disabled = true; });
  stop.hidden = false;
  stop.onclick = () => cut.abort();
  try {
    await follow(going, await fetch('/ask/stream', { method: 'POST', body, signal: cut.signal, headers: { Accept: 'text/event-stream' } }));
  } catch (error) {
    failed(going, cut.signal.aborted ? 'Stopped. A plan that was being made may still be made; it stands under Approvals then.' : 'The server cannot be reached; nothing may have come of it.');
  } finally {
    stop.hidden = true;
    buttons.forEach((button) => { button.disabled = false; });
  }
};

document.querySelector('.talk').addEventListener('submit', (event) => {
  event.preventDefault();
  ask(event.target, event.submitter);
});

if (location.hash === '#latest' && matchMedia('(pointer: fine)').matches) document.querySelector('.composer input[name="text"]').focus({ preventScroll: true });
