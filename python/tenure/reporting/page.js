(function () {
  "use strict";
  document.documentElement.classList.add("js");
  var tip = document.createElement("div");
  tip.id = "tip";
  tip.setAttribute("role", "tooltip");
  document.body.appendChild(tip);
  document.querySelectorAll("[title]").forEach(function (e) {
    e.setAttribute("data-tip", e.getAttribute("title"));
    e.removeAttribute("title");
  });
  document.querySelectorAll("svg .mark").forEach(function (e) {
    var t = e.querySelector("title");
    if (t) { e.setAttribute("data-tip", t.textContent); e.setAttribute("aria-label", t.textContent); t.remove(); }
  });
  function show(e) {
    var text = e && e.getAttribute("data-tip");
    if (!text) { tip.style.display = "none"; return; }
    tip.textContent = text;
    tip.style.display = "block";
    var box = e.getBoundingClientRect();
    var left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), window.innerWidth - tip.offsetWidth - 8);
    var top = box.top - tip.offsetHeight - 8;
    tip.style.left = left + "px";
    tip.style.top = (top < 8 ? box.bottom + 8 : top) + "px";
  }
  function near(event) { return event.target.closest ? event.target.closest("[data-tip]") : null; }
  document.addEventListener("mouseover", function (event) { show(near(event)); });
  document.addEventListener("focusin", function (event) { show(near(event)); });
  document.addEventListener("focusout", function () { show(null); });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") show(null); });
  window.addEventListener("scroll", function () { show(null); }, { passive: true });

  document.querySelectorAll("tbody").forEach(function (body) {
    var first = body.querySelector("data");
    if (first) first.tabIndex = 0;
    body.addEventListener("keydown", function (event) {
      var cell = event.target.closest("td"), step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
      if (!cell || !step) return;
      var row = cell.parentNode, rows = Array.prototype.slice.call(body.rows), r = rows.indexOf(row), c = cell.cellIndex, found = null;
      do { r += step[0]; c += step[1]; found = rows[r] && rows[r].cells[c] && rows[r].cells[c].querySelector("data"); } while (!found && rows[r] && rows[r].cells[c]);
      if (found) { found.focus(); event.preventDefault(); }
    });
  });

  function key(row, column) {
    var cell = row.cells[column], data = cell.querySelector("data");
    return data ? Number(data.value) : cell.textContent.trim();
  }
  document.querySelectorAll("table.sortable").forEach(function (table) {
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
    heads.forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      while (head.firstChild) button.appendChild(head.firstChild);
      head.appendChild(button);
      button.addEventListener("click", function () {
        var rows = Array.prototype.slice.call(table.tBodies[0].rows);
        var up = head.getAttribute("aria-sort") === "descending";
        heads.forEach(function (h) { h.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        rows.sort(function (a, b) {
          var x = key(a, column), y = key(b, column);
          var order = typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
          return up ? order : -order;
        });
        rows.forEach(function (row) { table.tBodies[0].appendChild(row); });
      });
    });
  });
})();
