/** The settings of the built panel, in a real browser, with the fake daemon behind it. */
import { expect, it } from 'vitest';
import { describePanel } from './before-panel';

describePanel('settings in a browser', (before) => {
  const { button } = before;

  it('let a name that another machine took be taken back', async () => {
    const { panel, page } = before;
    panel.given((state) => {
      if (state.me) state.me.registered = false;
      state.registry.problem = 'This name was registered from another machine.';
    });
    await page.goto(`${panel.url}/settings`);
    await button('Take this name').click();
    expect(await panel.command('register')).toEqual({ name: 'anna' });
  });
});
