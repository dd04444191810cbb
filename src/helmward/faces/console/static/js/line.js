// Whether the page is current: the line to the server, said in words where it is cut.
export const line = () => {
  const sign = document.querySelector('[data-line]');
  if (!sign) return;
  const say = (text) => { sign.textContent = text; sign.hidden = !text; };
  document.addEventListener('htmx:sse:after:connection', () => say(''));
  document.addEventListener('htmx:sse:after:message', () => say(''));
  document.addEventListener('htmx:sse:error', (event) => {
    if (event.detail?.status === 401) { location.reload(); return; }
    say('Not current: reconnecting …');
  });
  document.addEventListener('signed-out', () => location.reload());
  document.addEventListener('trouble', (event) => say(event.detail?.data || 'Not current'));
  addEventListener('offline', () => say('This device is offline'));
  addEventListener('online', () => say(''));
};
