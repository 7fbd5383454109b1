// SPDX-License-Identifier: Apache-2.0
// Replaces <main> by a newer one while the page is visible.
"use strict";

const PERIOD_MS = 5000;
const TIMEOUT_MS = 10000;

const notice = document.getElementById("refresh");
const words = notice.querySelector("[role=status]");
const button = document.createElement("button");
let paused = false;
let updated = new Date();
let timer;

function localTime(date) {
	return date.toLocaleTimeString([], { hour12: false });
}

// Screen readers announce this text, so it changes only if there is news.
function tell(text, stale) {
	document.body.classList.toggle("stale", stale);
	if (words.textContent !== text)
		words.textContent = text;
}

// The page shows UTC; the title of a time shows the local time.
function localise() {
	for (const time of document.querySelectorAll("main time"))
		time.title = new Date(time.dateTime).toLocaleString() + " (local time)";
}

function style(page) {
	return page.querySelector("link[rel=stylesheet]").getAttribute("href");
}

// A selection in <main> must stay.
function isSelecting() {
	const selection = document.getSelection();
	return !selection.isCollapsed && document.querySelector("main").contains(selection.anchorNode);
}

function scrollsOf(main) {
	return Array.from(main.querySelectorAll(".card"), (card) => card.scrollLeft);
}

function replaceMain(fresh) {
	const old = document.querySelector("main");
	const scrolls = scrollsOf(old);
	const focused = Array.from(old.querySelectorAll("a, [tabindex]")).indexOf(document.activeElement);
	const [x, y] = [scrollX, scrollY];

	old.replaceWith(document.adoptNode(fresh));
	fresh.querySelectorAll(".card").forEach((card, i) => {
		card.scrollLeft = scrolls[i] || 0;
	});
	if (focused >= 0)
		fresh.querySelectorAll("a, [tabindex]")[focused]?.focus({ preventScroll: true });
	scrollTo(x, y);
	localise();
}

async function load() {
	const response = await fetch(location.pathname, {
		cache: "no-store",
		signal: AbortSignal.timeout(TIMEOUT_MS),
	});
	if (!response.ok)
		throw new Error("the exporter answers with status " + response.status);
	const page = new DOMParser().parseFromString(await response.text(), "text/html");
	if (!page.querySelector("main"))
		throw new Error("another page is served here");
	return page;
}

async function refresh() {
	clearTimeout(timer);
	if (document.hidden || paused)
		return;
	try {
		const page = await load();
		if (paused)
			return;
		if (style(page) !== style(document)) {
			location.reload(); // another version is running
			return;
		}
		if (!isSelecting()) {
			replaceMain(page.querySelector("main"));
			updated = new Date();
		}
		tell("Refreshes automatically", false);
	} catch (error) {
		const reason = error.name === "Error" ? error.message : "the exporter does not answer";
		tell("Stale since " + localTime(updated) + ": " + reason, true);
	}
	clearTimeout(timer);
	timer = setTimeout(refresh, PERIOD_MS);
}

button.type = "button";
button.textContent = "Pause";
button.addEventListener("click", () => {
	paused = !paused;
	button.textContent = paused ? "Resume" : "Pause";
	tell(paused ? "Paused at " + localTime(updated) : "Refreshes automatically", false);
	refresh();
});
notice.append(button);
tell("Refreshes automatically", false);
localise();
document.addEventListener("visibilitychange", refresh);
timer = setTimeout(refresh, PERIOD_MS);
