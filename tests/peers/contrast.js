(() => {
	const numbers = (colour) => colour.match(/[0-9.]+/g).map(Number);
	const linear = (part) => part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4;
	const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
	const isSeen = ([, , , alpha]) => alpha !== 0;
	const behind = (element) => {
		const colour = numbers(getComputedStyle(element).backgroundColor);
		return isSeen(colour) || !element.parentElement ? colour : behind(element.parentElement);
	};
	const ratio = (element) => {
		const both = [numbers(getComputedStyle(element).color), behind(element)].map(light);
		return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
	};
	const hasText = (element) => Array.from(element.childNodes).some((node) =>
		node.nodeType === Node.TEXT_NODE && node.textContent.trim());
	return Math.min(...Array.from(document.body.querySelectorAll('*')).filter(hasText).map(ratio));
})()
