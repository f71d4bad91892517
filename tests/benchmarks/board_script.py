"""The scripts that a board's benchmark runs in the page: what a stream would have told it."""

from __future__ import annotations

from typing import Final

SETUP: Final = """
async ([board, people, kpis]) => {
  const { Wall } = await import('/assets/wall.js');
  const { Party } = await import('/assets/celebrate.js');
  const catalogue = new Map(kpis.map((kpi) => [kpi.name, kpi]));
  const known = {
    catalogue,
    company: { time_zone: 'Asia/Ho_Chi_Minh', currency: 'VND' },
    org: { employees: people, departments: [{ id: 'north', name: 'North', parent_id: null }] },
  };
  document.getElementById('main').hidden = false;
  const wall = new Wall(document.getElementById('main'), board, known, 'en').build();
  const beat = { state: 'live', lag: { events: 0, seconds: 0.1 }, today: '2026-11-29' };
  const names = [...new Set(board.tiles.map((tile) => tile.metric).filter(Boolean))];
  const figures = names.map((metric) => ({ metric, value: 0 }));
  const employees = people.map(({ id, name }) => ({ id, name, figures }));
  wall.hear('snapshot', { ...beat, figures, employees, occurrences: [] });
  wall.update();
  window.bench = { wall, names, people, beat, count: 0 };
}
"""
"""Build a wall, as its page does."""

DAY: Final = """
async (updates) => {
  const { wall, names, people, beat } = window.bench;
  for (let at = 0; at < updates; at += 1) {
    const number = (window.bench.count += 1);
    const metric = names[at % names.length];
    const who = people[at % people.length].id;
    const cell = (scope, id) => ({ metric, scope, id, value: number, previous: number - 1 });
    wall.hear('change', { cells: [cell('department', 'north'), cell('employee', who)] });
    const event = { event_id: `e${number}`, type: 'call.ended', subject: `c${number}` };
    wall.hear('occurrence', { ...event, at_ms: Date.now(), employee: who, seconds: number % 900 });
    wall.hear('heartbeat', { ...beat, as_of: new Date().toISOString() });
    if (at % 20 === 0) {
      wall.update();
      await new Promise((done) => setTimeout(done, 0));
    }
  }
}
"""
"""Play so many updates, as fast as the page takes them, drawing as it goes."""

FLOOR: Final = """
async ([metrics, seconds]) => {
  const { wall } = window.bench;
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    const began = performance.now();
    const number = (window.bench.count += 1);
    const cells = metrics.map((metric, at) => ({
      metric, scope: 'department', id: 'north', value: number * (at + 1), previous: 0,
    }));
    wall.hear('change', { cells });
    requestAnimationFrame(() => wall.update());
    await new Promise((done) => setTimeout(done, 250 - (performance.now() - began)));
  }
}
"""
"""Change every tile four times a second."""
