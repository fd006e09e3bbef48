"use strict";
// On a phone the contents start closed; charts become interactive, their picture stays where that fails.
(function () {
  var contents = document.querySelector(".contents");
  if (window.matchMedia("(max-width: 60rem)").matches) contents.removeAttribute("open");
  contents.addEventListener("click", function (event) {
    if (event.target.closest("a") && window.matchMedia("(max-width: 60rem)").matches) contents.removeAttribute("open");
  });

  var words = JSON.parse(document.getElementById("words").textContent);
  document.querySelectorAll(".chart").forEach(function (place) {
    var spec = JSON.parse(document.getElementById(place.dataset.spec).textContent);
    var picture = place.querySelector("img");
    var stage = document.createElement("div");
    place.append(stage);
    window.vegaEmbed(stage, spec, {
      mode: "vega-lite",
      renderer: "svg",
      actions: { export: true, source: false, compiled: false, editor: false },
      i18n: { CLICK_TO_VIEW_ACTIONS: words.actions, SVG_ACTION: words.save_svg, PNG_ACTION: words.save_png },
      downloadFileName: place.closest("figure").id,
    }).then(
      function () { picture.remove(); },
      function () { stage.remove(); }
    );
  });

  if (!("IntersectionObserver" in window)) return;
  var links = {};
  contents.querySelectorAll("a").forEach(function (link) {
    links[decodeURIComponent(link.getAttribute("href").slice(1))] = link;
  });
  var watch = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) {
      if (!entry.isIntersecting) return;
      Object.values(links).forEach(function (link) { link.removeAttribute("aria-current"); });
      links[entry.target.id].setAttribute("aria-current", "true");
    });
  }, { rootMargin: "0px 0px -75% 0px" });
  Object.keys(links).forEach(function (id) {
    var target = document.getElementById(id);
    if (target) watch.observe(target);
  });
})();
