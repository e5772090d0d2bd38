//! A Go service without any tracker but the host's: an issue read, a branch, tests, a server in the
//! background, a pull request, a review comment worked in.

use super::Transcript;

pub(super) fn session() -> Transcript {
    let mut t = Transcript::at("/home/dev/courier", "142-retry-webhooks");
    t.prompt(
        "Please work on https://github.com/acme/courier/issues/142 and open a PR when it's green.",
    );
    t.bash(
        "gh issue view 142",
        0,
        "title:\tRetry failed webhooks with backoff\nstate:\tOPEN\nauthor:\tmira\nlabels:\tenhancement\ncomments:\t2\nassignees:\t\nprojects:\t\nmilestone:\t1.8\nnumber:\t142\n--\n## Problem\nA webhook that answers 5xx is lost.\n\n## Acceptance criteria\n- Retry up to 5 times with exponential backoff, starting at 1s, capped at 60s\n- 4xx must not be retried, except 429, which honours `Retry-After`\n- The queue must survive a restart (use the existing `outbox` table, no new dependency)\n- Metric `courier_webhook_retries_total` by status class\n\n## Out of scope\n- Dead letter UI\n",
    );
    t.bash(
        "git checkout -b 142-retry-webhooks",
        0,
        "Switched to a new branch '142-retry-webhooks'",
    );
    t.agent(
        "Explore",
        "Find where webhooks are sent",
        "## Webhook delivery\n\nWebhooks are sent in `internal/deliver/sender.go` by `Sender.Send`, called from `internal/outbox/worker.go:88`.\n\n- `Sender.Send` returns an error for any status >= 400 and the worker marks the row `failed`\n- There is no retry anywhere\n- `outbox` has columns `attempts` and `next_at` that nothing uses yet\n\n### Tests\n\n`internal/deliver/sender_test.go` uses `httptest`.\n",
    );
    t.shown("Makefile", "1→test:\n2→\tgo test ./... -race\n3→lint:\n4→\tgolangci-lint run\n5→run:\n6→\tgo run ./cmd/courier -config dev.yaml\n");
    t.read("internal/deliver/sender.go").read("internal/outbox/worker.go");
    t.say("The `outbox` table already has `attempts` and `next_at`, so no migration is needed. I'll compute the backoff in the worker rather than in `Sender`, because only the worker can reschedule a row.");
    t.write(
        "internal/outbox/backoff.go",
        "package outbox\n\nimport \"time\"\n\nconst (\n\tfirstDelay = time.Second\n\tmaxDelay   = time.Minute\n\tmaxTries   = 5\n)\n\n// Backoff is the delay before try n, counted from 1.\nfunc Backoff(n int) time.Duration {\n\td := firstDelay << (n - 1)\n\tif d > maxDelay {\n\t\treturn maxDelay\n\t}\n\treturn d\n}\n",
    );
    t.edit(
        "internal/outbox/worker.go",
        "\tif err := w.sender.Send(ctx, row); err != nil {\n\t\treturn w.store.MarkFailed(ctx, row.ID, err)\n\t}\n",
        "\tif err := w.sender.Send(ctx, row); err != nil {\n\t\tif !retryable(err) || row.Attempts >= maxTries {\n\t\t\treturn w.store.MarkFailed(ctx, row.ID, err)\n\t\t}\n\t\treturn w.store.Reschedule(ctx, row.ID, time.Now().Add(Backoff(row.Attempts+1)))\n\t}\n",
    );
    t.bash(
        "go build ./... && go vet ./...",
        1,
        "# github.com/acme/courier/internal/outbox\ninternal/outbox/worker.go:91:7: undefined: retryable\ninternal/outbox/worker.go:94:19: w.store.Reschedule undefined (type *Store has no field or method Reschedule)",
    );
    t.edit(
        "internal/outbox/store.go",
        "func (s *Store) MarkFailed(",
        "// Reschedule sets the next try of a row.\nfunc (s *Store) Reschedule(ctx context.Context, id int64, at time.Time) error {\n\t_, err := s.db.ExecContext(ctx, `update outbox set attempts = attempts + 1, next_at = $2 where id = $1`, id, at)\n\treturn err\n}\n\nfunc (s *Store) MarkFailed(",
    );
    t.edit(
        "internal/outbox/backoff.go",
        "// Backoff is",
        "func retryable(err error) bool {\n\tvar status *deliver.StatusError\n\tif !errors.As(err, &status) {\n\t\treturn true\n\t}\n\treturn status.Code >= 500 || status.Code == http.StatusTooManyRequests\n}\n\n// Backoff is",
    );
    t.bash("go build ./... && go vet ./...", 0, "");
    t.bash(
        "go test ./internal/... -race -count=1",
        1,
        "ok  \tgithub.com/acme/courier/internal/deliver\t1.204s\n--- FAIL: TestWorkerReschedules (0.02s)\n    worker_test.go:61: next_at = 2026-03-02 09:00:02 +0000 UTC, want 1s from now\n    worker_test.go:64: attempts = 2, want 1\nFAIL\nFAIL\tgithub.com/acme/courier/internal/outbox\t0.388s\nok  \tgithub.com/acme/courier/internal/config\t0.021s\nFAIL",
    );
    t.say("The worker counts the attempt twice: `Claim` already increments `attempts`. So `Backoff` gets n+1.");
    t.edit(
        "internal/outbox/store.go",
        "set attempts = attempts + 1, next_at = $2",
        "set next_at = $2",
    );
    t.edit("internal/outbox/worker.go", "Backoff(row.Attempts+1)", "Backoff(row.Attempts)");
    t.bash(
        "go test ./... -race -count=1",
        0,
        "ok  \tgithub.com/acme/courier/cmd/courier\t0.310s\nok  \tgithub.com/acme/courier/internal/deliver\t1.198s\nok  \tgithub.com/acme/courier/internal/outbox\t0.402s\nok  \tgithub.com/acme/courier/internal/config\t0.020s",
    );
    t.bash("golangci-lint run", 0, "0 issues.");
    t.background("make run", "bx7f21");
    t.bash("curl -s -o /dev/null -w '%{http_code}' localhost:8080/healthz", 0, "200");
    t.bash(
        "git add -A && git commit -q -m \"Retry failed webhooks with backoff\n\nRefs #142\" && git push -u origin 142-retry-webhooks",
        0,
        "To github.com:acme/courier.git\n * [new branch]      142-retry-webhooks -> 142-retry-webhooks\nbranch '142-retry-webhooks' set up to track 'origin/142-retry-webhooks'.",
    );
    t.bash(
        "gh pr create --title \"Retry failed webhooks with backoff\" --body \"Closes #142\"",
        0,
        "https://github.com/acme/courier/pull/157",
    );
    t.close("The PR is open: https://github.com/acme/courier/pull/157\n\n**What changed**\n- `Backoff` (1s, doubled, at most 60s) and `retryable` in `internal/outbox/backoff.go`\n- The worker reschedules through `Store.Reschedule`\n\n**Not done yet**\n- `Retry-After` of 429 is not honoured: `deliver.StatusError` doesn't carry the header\n- The metric `courier_webhook_retries_total`\n\nI left the server running on port 8080.");
    t.wait(5400);
    t.prompt("mira commented on the PR: the metric name must be `webhook_retry_total` (see docs/metrics.md), and use the clock interface instead of time.Now. Do that first, then Retry-After.");
    t.bash("gh pr view 157 --comments", 0, "mira\tcommented\nThe metric name must follow docs/metrics.md. Also please no time.Now() in the worker, use clock.Clock.\n");
    t.read("docs/metrics.md");
    t.edit(
        "internal/outbox/worker.go",
        "\t\treturn w.store.Reschedule(ctx, row.ID, time.Now().Add(Backoff(row.Attempts)))\n",
        "\t\tw.retries.WithLabelValues(class(err)).Inc()\n\t\treturn w.store.Reschedule(ctx, row.ID, w.clock.Now().Add(Backoff(row.Attempts)))\n",
    );
    t.write(
        "internal/outbox/metrics.go",
        "package outbox\n\nimport \"github.com/prometheus/client_golang/prometheus\"\n\nfunc newRetries() *prometheus.CounterVec {\n\treturn prometheus.NewCounterVec(prometheus.CounterOpts{Name: \"webhook_retry_total\"}, []string{\"class\"})\n}\n",
    );
    t.bash(
        "go test ./internal/outbox/ -race -count=1",
        0,
        "ok  \tgithub.com/acme/courier/internal/outbox\t0.399s",
    );
    t.close("The metric is `webhook_retry_total{class}` now and the worker uses `clock.Clock`. `Retry-After` comes next; for it `deliver.StatusError` needs a `Header` field. Nothing of this is committed yet.");
    t
}
