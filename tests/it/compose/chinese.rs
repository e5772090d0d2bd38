//! A session in Chinese, with emoji and an Arabic file name; full of what a cut must not split.

use super::Transcript;

pub(super) fn session() -> Transcript {
    let mut t = Transcript::at("/home/dev/商城", "feature/优惠券");
    t.prompt("请给购物车增加优惠券功能。要求：1）总价不能为负；2）不要修改数据库结构；3）过期的优惠券必须报错。先看一下现有代码。");
    t.say("我先看一下购物车的代码。");
    t.read("src/购物车.ts").read("src/价格.ts");
    t.say("问题在于 `计算总价` 没有考虑折扣。接下来我来添加优惠券解析。");
    t.todos(&[
        ("解析优惠券", "in_progress"),
        ("在结算页显示折扣", "pending"),
        ("补充测试 🧪", "pending"),
    ]);
    t.write(
        "src/优惠券.ts",
        "export interface 优惠券 { 代码: string; 折扣: number; 到期: Date }\n\nexport function 解析优惠券(代码: string): 优惠券 {\n  const 找到 = 全部.get(代码);\n  if (!找到) throw new Error(`未知的优惠券：${代码} 🙅‍♀️`);\n  return 找到;\n}\n",
    );
    t.edit(
        "src/购物车.ts",
        "  return 商品.reduce((和, 件) => 和 + 件.价格, 0);\n",
        "  const 和 = 商品.reduce((和, 件) => 和 + 件.价格, 0);\n  return Math.max(0, 和 - 折扣);\n",
    );
    t.bash(
        "npx vitest run",
        1,
        " FAIL  test/优惠券.test.ts > 过期的优惠券 > 应当报错\nAssertionError: expected [Function] to throw an error\n ❯ test/优惠券.test.ts:18:5\n\n Test Files  1 failed | 3 passed (4)\n      Tests  1 failed | 22 passed (23)\n   Duration  1.4s",
    );
    t.say("测试失败的原因是 `解析优惠券` 没有检查到期日。现在修复。");
    t.edit(
        "src/优惠券.ts",
        "  return 找到;\n",
        "  if (找到.到期 < new Date()) throw new Error(`优惠券已过期：${代码}`);\n  return 找到;\n",
    );
    t.bash(
        "npx vitest run",
        0,
        " Test Files  4 passed (4)\n      Tests  23 passed (23)\n   Duration  1.3s",
    );
    t.bash(
        "git commit -am \"feat: 增加优惠券 🎟️\"",
        0,
        "[feature/优惠券 7ac31f0] feat: 增加优惠券 🎟️\n 2 files changed, 14 insertions(+), 1 deletion(-)",
    );
    t.close("优惠券功能已经完成，23 个测试全部通过。👩‍👩‍👧‍👦\n\n**已完成**\n- 解析优惠券，过期时报错\n- 总价不会为负\n\n**下一步**\n- 在结算页显示折扣\n- 补充并发下单的测试\n\n要我继续做结算页吗？");
    t.wait(900);
    t.prompt("不对，折扣应该在税前计算，不是税后。另外不要用 Math.max，负数要报错。结算页先不做。");
    t.say("明白，改为税前计算折扣，负数时报错。");
    t.edit(
        "src/购物车.ts",
        "  return Math.max(0, 和 - 折扣);\n",
        "  if (和 < 折扣) throw new RangeError(\"折扣大于总价\");\n  return 含税(和 - 折扣);\n",
    );
    t.bash(
        "npx vitest run",
        1,
        " FAIL  test/购物车.test.ts > 总价 > 折扣大于总价时为零\nRangeError: 折扣大于总价\n ❯ src/购物车.ts:12:22\n\n Test Files  1 failed | 3 passed (4)\n      Tests  1 failed | 22 passed (23)",
    );
    t.say("这个旧测试期望结果为零，与新的要求冲突，需要更新测试。");
    t
}
