// A player is loaded when its reader asks for it; without this script the link leads to the video.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-player]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const frame = document.createElement("iframe");
  const address = new URL(link.dataset.player);
  address.searchParams.set("autoplay", "1");
  frame.src = address;
  frame.title = link.firstChild.textContent.trim();
  frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  const figure = link.parentElement;
  figure.querySelector("img")?.remove();
  link.replaceWith(frame);
  frame.focus();
});
