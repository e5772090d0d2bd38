//! A session of questions and answers: files are read and pages fetched, nothing is changed.

use super::Transcript;

pub(super) fn session() -> Transcript {
    let mut t = Transcript::at("/home/dev/billing", "main");
    t.prompt("How does proration work in this code base? I need to explain it to support.");
    t.read("src/billing/proration.rb").read("src/billing/invoice.rb");
    t.bash("grep -rn \"prorate\" src | head -20", 0, "src/billing/proration.rb:14:  def prorate(plan, from, to)\nsrc/billing/invoice.rb:71:    lines << prorate(plan, from, to)");
    t.close("Proration is done per second, not per day.\n\n### How it works\n\n1. `Invoice#close` asks `Proration#prorate` for each plan change\n2. The unused part of the old plan is credited, the new plan is charged for the rest of the period\n3. Amounts are rounded half-even to cents at the end, **once per line**\n\n```ruby\ncredit = old.price * (period_end - changed_at) / period_length\n```\n\n### Caveats\n\n- Months have different lengths, so the same change costs more in February\n- Free trials are not prorated (`return 0 if plan.trial?`)");
    t.wait(300);
    t.prompt("And what does Stripe do? Is it the same?");
    t.fetch(
        "https://docs.stripe.com/billing/subscriptions/prorations",
        "Stripe prorates to the second.",
    );
    t.close("Stripe also prorates to the second by default. There are two differences:\n\n| | here | Stripe |\n|---|---|---|\n| rounding | once per line | once per invoice item |\n| trials | never | configurable |\n\nThe difference in rounding can be up to one cent per line.");
    t.wait(200);
    t.prompt("ok. remember that I can't change the gem version. Would switching to per-day proration be much work?");
    t.say("Let me check who depends on the per-second behaviour.");
    t.bash("grep -rln \"period_length\" src spec", 0, "src/billing/proration.rb\nspec/billing/proration_spec.rb\nspec/billing/golden/february.yml");
    t.close("Not much: one method and its specs.\n\n- `Proration#ratio` is the only place that computes the fraction\n- 31 golden files in `spec/billing/golden/` would change\n\nThe risk is in open invoices: those created before the switch must keep the old ratio. I'd recommend a `proration_mode` column on `subscriptions`, set at creation. Do you want me to sketch the change?");
    t
}
