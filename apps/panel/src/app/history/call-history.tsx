'use client';
/** The history page. */
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { HistoryList } from '../../components/history/history-list';
import { Button } from '../../components/ui/button';
import { Callout } from '../../components/ui/callout';
import { KeptFocus } from '../../components/ui/kept-focus';
import { useCallCommands } from '../../daemon/use-call';
import { useHistory } from '../../daemon/use-history';

const FIRST = 200;
const MOST = 1000;

export function CallHistory() {
  const [limit, setLimit] = useState(FIRST);
  const history = useHistory(limit);
  const commands = useCallCommands();
  const router = useRouter();
  return (
    <KeptFocus className="grid grid-cols-1 gap-9">
      <h1 className="font-display text-4xl leading-tight sm:text-5xl sm:leading-tight">
        Your calls
      </h1>
      {history.kind === 'failed' && (
        <Callout tone="warning" role="alert">
          {history.sentence}
        </Callout>
      )}
      {history.kind === 'known' && (
        <HistoryList
          entries={history.entries}
          onRedial={(name) => void commands.call(name).then((placed) => placed && router.push('/'))}
        />
      )}
      {history.kind === 'known' && history.entries.length === limit && limit < MOST && (
        <div>
          <Button onClick={() => setLimit(MOST)}>Show older calls</Button>
        </div>
      )}
    </KeptFocus>
  );
}
