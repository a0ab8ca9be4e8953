// The filter box of an index, and its button to sort by size.
(() => {
  const list = document.querySelector(".groups"), rows = [...list.children];
  const [box, button] = document.querySelectorAll(".tools > *");
  const size = (row) => +row.querySelector("[data-count]").dataset.count;
  const show = () => {
    const wanted = box.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  };
  box.addEventListener("input", show);
  button.addEventListener("click", () => {
    const sized = button.ariaPressed !== "true";
    button.ariaPressed = sized;
    list.append(...(sized ? [...rows].sort((one, other) => size(other) - size(one)) : rows));
  });
  show(); // a browser may keep the text over a reload
})();
