// A sheet over the page is all that the keyboard reaches while it is open. The server gave it the focus already.
export const sheet = () => {
  const open = document.querySelector('.sheet');
  if (!open) return;
  for (const part of [...document.querySelectorAll('.skip, .top, .side, .dock'), ...open.parentElement.children]) {
    part.inert = part !== open;
  }
};
